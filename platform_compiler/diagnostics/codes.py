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
    # --- 520, 521, 522: Istio: hosts, routes, gateways, destination rules, service entries, sidecars
    Code("PC5201", "unknown-mesh-host", "error", "IST0101"),
    Code("PC5202", "undeclared-external-host", "warning", "IST0101"),
    Code("PC5203", "wrong-destination-port", "error", "IST0101 IST0112"),
    Code("PC5204", "unknown-subset", "error", "IST0101"),
    Code("PC5205", "unknown-mesh-gateway", "error", "IST0101 IST0165"),
    Code("PC5206", "unknown-gateway-secret", "warning", "IST0101"),
    Code("PC5207", "unmatched-host", "warning", "IST0101 IST0174"),
    Code("PC5208", "unmatched-selector", "warning", "IST0101 IST0127 IST0173"),
    Code("PC5209", "hidden-by-export", "warning", "IST0101"),
    Code("PC5210", "host-claimed-twice", "error", "IST0109"),
    Code("PC5211", "host-not-on-gateway", "warning", "IST0132"),
    Code("PC5212", "unreachable-match", "warning", "IST0130 IST0131"),
    Code("PC5213", "rule-leads-nowhere", "error", "IST0101"),
    Code("PC5214", "odd-weights", "warning"),
    Code("PC5215", "retries-outlast-timeout", "warning"),
    Code("PC5216", "routes-skipped-at-gateway", "warning", "IST0140"),
    Code("PC5217", "conflicting-gateways", "error", "IST0145"),
    Code("PC5218", "closed-gateway-port", "warning", "IST0162"),
    Code("PC5219", "shared-certificate", "warning", "IST0138"),
    Code("PC5220", "refused-by-istio", "error"),
    Code("PC5221", "competing-destination-rules", "warning"),
    Code("PC5222", "dropped-settings", "note"),
    Code("PC5223", "server-not-verified", "warning", "IST0128 IST0129"),
    Code("PC5224", "failover-without-outlier-detection", "warning"),
    Code("PC5225", "tcp-without-address", "warning", "IST0134"),
    Code("PC5226", "conflicting-service-entries", "warning", "IST0177"),
    Code("PC5227", "colliding-sidecars", "error", "IST0110 IST0111"),
    Code("PC5228", "services-disagree", "warning", "IST0116 IST0137"),
    Code("PC5229", "protocol-not-named", "note", "IST0118 IST0150"),
    # --- 523, 524, 525: Istio: injection, annotations, security, telemetry, EnvoyFilter
    Code("PC5230", "istio-field-rule", "error"),
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
