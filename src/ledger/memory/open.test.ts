import { ledgerConformance } from '../conformance.ts';
import { openMemoryLedger } from './open.ts';

ledgerConformance('memory', () => Promise.resolve(openMemoryLedger()));
