// The test files in probes/ as one (see scripts/compile-folders.js).
export {};
