import Findings
import SystemPackage
import TestSupport
import Testing

/// A backup that restores without complaint, or nearly, and is not what it should be; and what a drill must say of it.
struct Ill: Sendable, CustomTestStringConvertible {
    let reason: String
    let dump: String
    /// Of the plan, YAML.
    var checks = "{}"
    let id: CheckID
    let subject: String
    var basis: Basis = .rule
    let expected: String
    let observed: String

    var testDescription: String { "\(dump): \(reason)" }

    /// Databases with damage of their own, beside the healthy `orchard`.
    static let databases = ["orphan", "twice", "broken", "stale", "fewer"]

    static let all =
        ["custom", "plain"].flatMap { kind in
            [
                Ill(
                    reason: "plots whose grower is gone", dump: "orphan.\(kind)", id: "foreign-keys",
                    subject: "public.plots.plots_grower_fkey", expected: "0 orphans", observed: "4 orphans"),
                Ill(
                    reason: "a constraint that orphans keep from being made", dump: "orphan.\(kind)", id: "restore",
                    subject: "FK CONSTRAINT public.plots plots_grower_fkey", basis: .archive, expected: "exists",
                    observed: "missing"),
                Ill(
                    reason: "rows that are there twice", dump: "twice.\(kind)", id: "restore",
                    subject: "CONSTRAINT public.growers growers_pkey", expected: "no error",
                    observed: "unique violation (SQLSTATE 23505)"),
            ]
        } + [
            Ill(
                reason: "values that break a jsonpath of the plan", dump: "broken.custom",
                checks: #"{ jsonb: { plots.shape: { every: ['$.type == "Polygon"'] } } }"#, id: "jsonb",
                subject: "public.plots.shape", basis: .plan,
                expected: #"every value satisfies $.type == "Polygon""#, observed: "3 values do not"),
            Ill(
                reason: "a value of another type than the plan's", dump: "broken.custom",
                checks: "{ jsonb: { plots.shape: { type: object } } }", id: "jsonb", subject: "public.plots.shape",
                basis: .plan, expected: "every value is of type object", observed: "1 value does not"),
            Ill(
                reason: "no JSON column where the plan has one", dump: "orchard.custom",
                checks: "{ jsonb: { plots.outline: { type: object } } }", id: "jsonb",
                subject: "public.plots.outline", basis: .plan, expected: "a JSON column",
                observed: "no such column"),
            Ill(
                reason: "newest rows older than the plan allows", dump: "stale.custom",
                checks: "{ freshness: { readings.at: { within: 24h } } }", id: "freshness",
                subject: "public.readings.at", basis: .plan, expected: "within 1d of the backup",
                observed: "before the backup"),
            Ill(
                reason: "no rows at all to be recent", dump: "fewer.custom",
                checks: "{ freshness: { readings.at: { within: 24h } } }", id: "freshness",
                subject: "public.readings.at", basis: .plan, expected: "within 1d of the backup",
                observed: "no rows with a time"),
            Ill(
                reason: "no column of times where the plan has one", dump: "orchard.custom",
                checks: "{ freshness: { readings.when: { within: 24h } } }", id: "freshness",
                subject: "public.readings.when", basis: .plan, expected: "a column of times",
                observed: "no such column"),
            Ill(
                reason: "a table that the plan expects and nobody dumped", dump: "orchard.custom",
                checks: "{ row-counts: { harvests: { minimum: 1 } } }", id: "row-counts",
                subject: "public.harvests", basis: .plan, expected: "at least 1 row", observed: "no such table"),
            Ill(
                reason: "a dump that leaves out a table which others need", dump: "orchard.without-growers",
                id: "restore", subject: "FK CONSTRAINT public.plots plots_grower_fkey", expected: "no error",
                observed: #"relation "public.growers" does not exist (SQLSTATE 42P01)"#),
            Ill(
                reason: "rows deleted at the source, too few for the plan", dump: "fewer.custom",
                checks: "{ row-counts: { readings: { minimum: 1000 } } }", id: "row-counts",
                subject: "public.readings", basis: .plan, expected: "at least 1000 rows", observed: "0 rows"),
            Ill(
                reason: "more rows than the plan allows", dump: "orchard.custom",
                checks: "{ row-counts: { growers: { exactly: 49 } } }", id: "row-counts",
                subject: "public.growers", basis: .plan, expected: "exactly 49 rows", observed: "50 rows"),
        ]
}
