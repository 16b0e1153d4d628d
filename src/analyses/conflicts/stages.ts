import { defineAnalysis } from '../analysis.ts';
import { analyzeConflicts } from './analyze.ts';
import { extractConflicts } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { viewConflicts } from './view.ts';

/** `wfa conflicts`: whether optimizations that meet help or hinder each other. */
export const conflicts = defineAnalysis({
  schemaVersion: '1.0.0',
  parseOptions: () => ({}),
  reads: ['nodes', 'edges'],
  needs: ['edges', 'instants', 'input-wait', 'optimizations'],
  extract: extractConflicts,
  analyze: analyzeConflicts,
  view: viewConflicts,
  gateQuantities,
});
