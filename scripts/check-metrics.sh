#!/usr/bin/env bash
# Checks the alert rules, and the expressions of the Grafana dashboard, with promtool. That their metrics exist is checked
# by a unit test in core/src/metrics/names.rs.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

command -v promtool >/dev/null || die "promtool is not installed: run 'scripts/setup.sh test'"
rules=$(mktemp)
trap 'rm -f "$rules"' EXIT

promtool check rules deploy/prometheus/alerts.yaml

# promtool knows no dashboards, but rules in JSON, which is YAML. Grafana replaces the variables.
# shellcheck disable=SC2016 # JavaScript
node -e '
    const dashboard = JSON.parse(require("fs").readFileSync("deploy/grafana/qq-login.json", "utf8"));
    const expressions = dashboard.panels.flatMap((panel) => panel.targets.map((target) => target.expr));
    const rules = expressions.map((expression, number) => ({
        record: `dashboard:${number}`,
        expr: expression.replaceAll("$__rate_interval", "5m").replaceAll("$instance", ".*"),
    }));
    console.log(JSON.stringify({ groups: [{ name: "dashboard", rules }] }));' >"$rules"
promtool check rules "$rules"
