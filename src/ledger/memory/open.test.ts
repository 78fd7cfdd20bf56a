import { ledgerConformance } from '../conformance.test-kit.ts';
import { openMemoryLedger } from './open.ts';

ledgerConformance('memory', () => Promise.resolve(openMemoryLedger()));
