// Property tests try the same cases each time, so that a run says something of the code and not of chance. FUZZ=50 tries
// others each time, for a hunt.
import fc from 'fast-check';

if (process.env.FUZZ === undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_123 });
