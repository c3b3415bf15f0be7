// The test files in mosquitto/ as one (see scripts/compile-folders.js).
export {};
