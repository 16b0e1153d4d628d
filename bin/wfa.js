#!/usr/bin/env node
const { load } = require('../dist/bundle.cjs');

load('main')
  .main(process.argv.slice(2), process)
  .then((status) => process.exit(status));
