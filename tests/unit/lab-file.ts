// The test files in lab-file/ as one (see scripts/compile-folders.js).
export {};
