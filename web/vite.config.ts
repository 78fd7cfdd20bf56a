import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** One page with lazy routes: the gateway serves `dist/index.html` at every address of `routes.ts`. */
export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    // A script or a font in a data: address would need a weaker content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
});
