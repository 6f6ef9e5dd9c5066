#!/usr/bin/env bash
# Builds with every analyzer and runs all tests, fast to slow. The same command for people and CI.
#   tests/run.sh            everything
#   tests/run.sh fast       decisions, stages and the house only
# Ends with a line "N passed, N failed, N skipped"; exits 0 only if nothing failed and something passed.
set -uo pipefail
cd "$(dirname "$0")/.."
export CKI_CHECK=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1

bash tests/setup.sh || exit 1
started=$SECONDS
dotnet build CkiServerless.sln -c Release -v minimal -nologo || { echo "The build failed."; exit 1; }
echo "== built in $((SECONDS - started)) s"

suites=(Cki.Tests Cki.Contract.Tests Cki.Simulation.Tests Cki.EndToEnd.Tests)
[ "${1:-}" = fast ] && suites=(Cki.Tests)

# Adds the suite's closing lines to the sums. xunit's own runner: "Name  Total: 9, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 1.0s";
# Microsoft.Testing.Platform's (the simulation): lines "total: 9", "failed: 0", "skipped: 0" after "Test run summary".
count_summary() {
  local total=0 bad=0 none=0 line
  if line=$(grep -E '^ *Cki\..* Total: ' "$log" | tail -n 1) && [ -n "$line" ]; then
    of() { grep -oE "$1: [0-9]+" <<< "$line" | grep -oE '[0-9]+' || echo 0; }
    total=$(of Total) bad=$(($(of Failed) + $(of Errors))) none=$(of Skipped)
    total=$((total - $(of 'Not Run')))
  elif grep -q 'Test run summary' "$log"; then
    last() { sed -nE "s/^ *$1: ([0-9]+).*/\1/p" "$log" | tail -n 1; }
    total=$(last total) bad=$(last failed) none=$(last skipped)
  fi
  f=${bad:-0}
  passed=$((passed + ${total:-0} - ${bad:-0} - ${none:-0})) failed=$((failed + ${bad:-0})) skipped=$((skipped + ${none:-0}))
}

passed=0 failed=0 skipped=0 broken=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for suite in "${suites[@]}"; do
  [ -n "$(git ls-files "tests/$suite/*.cs" 2>/dev/null || true)" ] || continue
  if [ "$suite" = Cki.EndToEnd.Tests ]; then
    # The functions as `sam deploy` uploads them, once for all tests.
    echo "== infra/publish.sh artifacts/lambda"
    started=$SECONDS
    bash infra/publish.sh artifacts/lambda || broken=$((broken + 1))
    # One for arm64, which runs in qemu.
    CKI_STAGES=WebhookIntake bash infra/publish.sh artifacts/lambda-arm64 arm64 || broken=$((broken + 1))
    echo "== published in $((SECONDS - started)) s"
  fi
  echo "== $suite"
  started=$SECONDS
  dotnet "artifacts/bin/$suite/release/$suite.dll" 2>&1 | sed -u 's/\x1b\[[0-9;]*m//g' | tee "$log"
  code=${PIPESTATUS[0]}
  count_summary
  # A runner that died without a summary, or failed without naming a test, is a failure too.
  if [ "$code" != 0 ] && [ "${f:-0}" = 0 ]; then broken=$((broken + 1)); fi
  echo "== $suite: exit $code, $((SECONDS - started)) s"
done

failed=$((failed + broken))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
