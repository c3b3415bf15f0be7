// The test files in tests/ as one (see scripts/compile-folders.js).
export {};
