// The test files in checks/ as one (see scripts/compile-folders.js).
export {};
