const { load } = require('../dist/bundle.cjs');

load('extract-thread').answerRequests();
