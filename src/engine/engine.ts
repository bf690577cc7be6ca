// The loop that every step goes through: observe, plan, show, confirm, journal, apply, observe again. It knows steps only
// as an interface, and alone asks, journals and carries out.
export { confirmGuarded } from './confirm.ts';
export { loadPlan, planFingerprints, requireFresh, type SavedPlan, savePlan } from './plan-file.ts';
export { planPipeline } from './plan-pipeline.ts';
export { noJournal, rollBack } from './roll-back.ts';
export { runPipeline } from './run-pipeline.ts';
export { statusOf } from './status.ts';
export { undoEntries } from './undo-entries.ts';
