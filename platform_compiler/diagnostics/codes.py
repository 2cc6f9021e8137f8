"""The one table of codes.

`PC` + phase digit + three digits, and a name that reads well after "allow". A code is never reused or renumbered.
Each has a page in `docs/codes/` and a reject fixture in `fixtures/reject/`; tests prove both.

Phases: 1 reading and shape, 2 linking, 3 layers and mandates, 4 blueprints, 5 verification, 6 emission, 8 publishing.
"""

from typing import Literal, NamedTuple


class Code(NamedTuple):
    """One kind of finding: its code, its name, and how bad it is unless a rule says otherwise."""

    code: str
    name: str
    severity: Literal["error", "warning", "note"]
    alias: str = ""
    """What other tools call it: the numbers of `istioctl analyze`, parted by spaces."""


_TABLE = (
    # --- 1: reading (10xx), shape (11xx), identity (12xx), rules within one manifest (13xx)
    Code("PC1001", "unreadable-file", "error"),
    Code("PC1002", "invalid-utf8", "error"),
    Code("PC1003", "forbidden-character", "error"),
    Code("PC1004", "file-too-large", "error"),
    Code("PC1005", "nesting-too-deep", "error"),
    Code("PC1006", "yaml-syntax", "error"),
    Code("PC1007", "duplicate-key", "error"),
    Code("PC1008", "tab-indentation", "error"),
    Code("PC1009", "yaml-tag", "error"),
    Code("PC1010", "anchor-or-alias", "error"),
    Code("PC1011", "non-string-key", "error"),
    Code("PC1012", "several-documents", "error"),
    Code("PC1013", "empty-document", "error"),
    Code("PC1014", "merge-key", "error"),
    Code("PC1101", "unknown-key", "error"),
    Code("PC1102", "missing-key", "error"),
    Code("PC1103", "wrong-type", "error"),
    Code("PC1104", "ambiguous-scalar", "error"),
    Code("PC1105", "invalid-value", "error"),
    Code("PC1106", "empty-value", "error"),
    Code("PC1107", "no-matching-alternative", "error"),
    Code("PC1201", "unknown-kind", "error"),
    Code("PC1202", "name-mismatch", "error"),
    Code("PC1203", "misplaced-file", "error"),
    Code("PC1204", "missing-platform", "error"),
    Code("PC1205", "missing-team", "error"),
    Code("PC1301", "min-above-max", "error"),
    Code("PC1302", "retries-exceed-timeout", "error"),
    Code("PC1303", "port-number-twice", "error"),
    Code("PC1304", "undeclared-source", "error"),
    Code("PC1305", "unknown-port", "error"),
    Code("PC1306", "weights-exceed-100", "error"),
    Code("PC1307", "unknown-version", "error"),
    # --- 2: linking
    Code("PC2001", "unknown-reference", "error"),
    Code("PC2002", "callee-not-here", "error"),
    Code("PC2003", "callee-unreachable", "error"),
    Code("PC2004", "renamed-reference", "warning"),
    Code("PC2005", "self-call", "error"),
    Code("PC2006", "cluster-without-environment", "error"),
    Code("PC2007", "invalid-promotion", "error"),
    Code("PC2101", "unknown-callee-port", "error"),
    Code("PC2102", "paths-on-layer-4-port", "error"),
    Code("PC2103", "unused-access", "note"),
    Code("PC2104", "call-not-granted", "error"),
    Code("PC2105", "call-narrowed-to-nothing", "error"),
    Code("PC2106", "optional-call-not-granted", "note"),
    Code("PC2107", "unknown-access-source", "warning"),
    Code("PC2201", "address-not-called", "error"),
    Code("PC2202", "ambiguous-port", "error"),
    Code("PC2203", "address-without-scheme", "error"),
    Code("PC2204", "unknown-exposure", "error"),
    Code("PC2301", "unknown-gateway", "error"),
    Code("PC2302", "gateway-not-on-cluster", "error"),
    Code("PC2303", "gateway-not-allowed", "error"),
    Code("PC2304", "no-domain-here", "error"),
    Code("PC2305", "foreign-domain", "error"),
    Code("PC2306", "route-conflict", "error"),
    Code("PC2307", "port-not-exposable", "error"),
    Code("PC2401", "foreign-namespace", "error"),
    Code("PC2402", "namespace-claimed-twice", "error"),
    Code("PC2403", "blueprint-not-allowed", "error"),
    Code("PC2404", "service-name-taken", "error"),
    Code("PC2405", "namespace-not-chosen", "error"),
    # --- 3: layers (30xx), mandates (31xx), promotion (32xx)
    Code("PC3001", "unknown-environment", "error"),
    Code("PC3002", "unknown-cluster", "error"),
    Code("PC3003", "redundant-override", "note"),
    Code("PC3004", "not-promoted", "note"),
    Code("PC3005", "placement-matches-nothing", "warning"),
    Code("PC3101", "mandate-relaxed", "error"),
    Code("PC3102", "mandates-exclude-each-other", "error"),
    Code("PC3201", "not-in-earlier-stage", "error"),
    Code("PC3202", "several-images", "error"),
    Code("PC3203", "promotion-without-effect", "error"),
    Code("PC3204", "manifest-not-editable", "error"),
    # --- 4: blueprints
    Code("PC4001", "unknown-blueprint", "error"),
    Code("PC4002", "wrong-part", "error"),
    Code("PC4003", "blueprint-contract", "error"),
    Code("PC4101", "expression-syntax", "error"),
    Code("PC4102", "expression-not-allowed", "error"),
    Code("PC4103", "unknown-template-key", "error"),
    Code("PC4104", "template-structure", "error"),
    Code("PC4105", "unclosed-expression", "error"),
    Code("PC4106", "include-not-found", "error"),
    Code("PC4107", "include-cycle", "error"),
    Code("PC4108", "unknown-context-path", "error"),
    Code("PC4201", "template-evaluation", "error"),
    Code("PC4202", "kind-not-declared", "error"),
    Code("PC4203", "slot-set-twice", "error"),
    Code("PC4204", "kind-emitted-by-two-parts", "error"),
    Code("PC4301", "setting-without-effect", "error"),
    Code("PC4302", "matches-everyone", "error"),
    Code("PC4303", "kind-not-compiled", "error"),
    # --- 5: verification: shape (50xx), Kubernetes (51xx), Istio (52xx), Gateway API (53xx)
    Code("PC5001", "kind-without-schema", "error"),
    Code("PC5002", "schema-mismatch", "error"),
    Code("PC5004", "not-an-object", "error"),
    Code("PC5005", "duplicate-object", "error"),
    Code("PC5008", "field-too-new", "error"),
    # --- 51: Kubernetes: workloads, selectors, references
    Code("PC5101", "invalid-name", "error"),
    Code("PC5103", "namespace-left-open", "note"),
    Code("PC5104", "object-too-large", "error"),
    Code("PC5105", "impossible-resources", "error"),
    Code("PC5106", "odd-quantity", "warning"),
    Code("PC5107", "impossible-schedule", "error"),
    Code("PC5108", "contradicting-durations", "error"),
    Code("PC5109", "invalid-entry-name", "error"),
    Code("PC5110", "undefined-variable", "note"),
    Code("PC5111", "decimal-file-mode", "warning"),
    Code("PC5113", "selector-misses-own-pods", "error"),
    Code("PC5114", "impossible-selector", "error"),
    Code("PC5115", "selector-matches-nothing", "warning"),
    Code("PC5116", "overlapping-selectors", "warning"),
    Code("PC5117", "controlled-twice", "error"),
    Code("PC5118", "unknown-port-name", "error"),
    Code("PC5119", "port-not-open", "warning"),
    Code("PC5120", "undeclared-probe-port", "note"),
    Code("PC5121", "refused-repetition", "error"),
    Code("PC5122", "needless-repetition", "warning"),
    Code("PC5123", "mount-without-volume", "error"),
    Code("PC5124", "unused-volume", "note"),
    Code("PC5126", "impossible-scaling", "error"),
    Code("PC5127", "replicas-beside-autoscaler", "warning"),
    Code("PC5128", "metric-without-request", "error"),
    Code("PC5129", "evictions-blocked", "warning"),
    Code("PC5130", "excluding-settings", "error"),
    Code("PC5131", "no-headless-service", "warning"),
    Code("PC5132", "grace-period-too-short", "warning"),
    Code("PC5135", "dangling-reference", "error"),
    Code("PC5136", "missing-backend", "error"),
    Code("PC5137", "missing-source", "warning"),
    Code("PC5138", "missing-entry", "error"),
    Code("PC5139", "missing-class", "warning"),
    Code("PC5140", "rules-without-effect", "error"),
    Code("PC5141", "invalid-address", "error"),
    # --- 520, 521, 522: Istio: hosts, routes, gateways, destination rules, service entries, sidecars
    # --- 523, 524, 525: Istio: injection, annotations, security, telemetry, EnvoyFilter
    # --- 53: Gateway API, Envoy Gateway, ambient
    # --- 6: emission
    Code("PC6001", "duplicate-resource", "error"),
    Code("PC6002", "path-collision", "error"),
    Code("PC6003", "folder-too-large", "error"),
    Code("PC6004", "path-too-long", "error"),
    Code("PC6005", "reserved-name", "error"),
    Code("PC6101", "file-not-owned", "error"),
    Code("PC6102", "file-edited-by-hand", "error"),
    Code("PC6103", "file-not-writable", "error"),
    # --- 8: publishing
    Code("PC8001", "no-destination", "error"),
    Code("PC8002", "repository-url", "error"),
    Code("PC8003", "unrelated-source", "error"),
    Code("PC8004", "deletes-not-approved", "error"),
    Code("PC8005", "frozen", "note"),
    Code("PC8006", "moved-between-units", "warning"),
    Code("PC8007", "drift", "error"),
)

CODES = {row.code: row for row in _TABLE}
