// The test files in provisioning/ as one (see scripts/compile-folders.js).
export {};
