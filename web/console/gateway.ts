import { createApi } from './api.ts';
import { createTokenKeeper } from './token.ts';

/** This page's connection to its own gateway. */
export const token = createTokenKeeper(() => sessionStorage);
export const api = createApi((url, init) => fetch(url, init), token);
