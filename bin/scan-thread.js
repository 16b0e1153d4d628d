const { load } = require('../dist/bundle.cjs');

load('scan-thread').answerRequests();
