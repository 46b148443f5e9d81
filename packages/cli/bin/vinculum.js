#!/usr/bin/env node
// The committed target of the command `vinculum`: npm links only files that exist at install time,
// so this one stands in the repository and imports the build.
import '../dist/main.js';
