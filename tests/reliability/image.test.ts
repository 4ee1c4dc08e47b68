import { describeImage } from '../integration/deployment/image-suite.js';

// Everything is rehearsed each time but `npm ci`, which takes a minute: the
// sample links the checkout's packages instead.
if (process.env.RELIABILITY === 'full') describeImage('npm ci', 300_000);
else describeImage('linked', 120_000);
