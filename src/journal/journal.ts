// What was asked, approved, begun and made, kept so that half-made things are found and everything can be put back. It is
// not the state of the world: AWS is.
export { historyOf, type RunHistory } from './history.ts';
export { type Machine, machineOf } from './machine.ts';
export { writeOwnFile } from './own-file.ts';
export { type JournaledChange, type JournalState, replay, stands } from './replay.ts';
export { type Journal, type OpenOptions, openJournal } from './store.ts';
