// The test files in bench/ as one (see scripts/compile-folders.js).
export {};
