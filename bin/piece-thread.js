const { load } = require('../dist/bundle.cjs');

load('piece-thread').answerRequests();
