// The test files in scripts/ as one (see scripts/compile-folders.js).
export {};
