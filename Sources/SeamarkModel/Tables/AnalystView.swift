/// A question that analysts ask again and again, as a view over the exported tables (`EngagementExport.Format.sqlite`).
///
/// Views name columns without points, so that they need no quotes. Sensitive columns are in none.
public struct AnalystView: Hashable, Sendable {
    public let name: String
    /// What a row is.
    public let words: String
    /// SQLite's, after `CREATE VIEW name AS`.
    public let sql: String

    public static let all: [AnalystView] = [
        AnalystView(
            name: "answers", words: "an answer, with its interview and who was asked, by level and place",
            sql: """
                SELECT a."interview" AS interview, i."startedAt" AS started_at, i."site" AS site, i."unit" AS unit, p."level" AS level, a."question" AS question,
                  a."scorer" AS scorer, a."response.outcome" AS outcome, a."response.score" AS score, a."response.grade" AS grade, a."conflicts" AS conflicts
                FROM "answer" a LEFT JOIN "interview" i ON i."KEY" = a."interview.KEY" LEFT JOIN "person" p ON p."KEY" = a."person.KEY"
                """),
        AnalystView(
            name: "question_scores",
            words: "a question, with how often people who consented scored it, its mean by weight of evidence as a report has it (a lead's rulings aside), least and highest score, and the share of the grades A and B",
            sql: """
                SELECT "question" AS question, count(*) AS answers, sum("response.score" * weight) / sum(weight) AS mean, min("response.score") AS least, max("response.score") AS highest,
                  avg(CASE WHEN "response.grade" IN ('A', 'B') THEN 1.0 ELSE 0.0 END) AS share_a_b
                FROM (
                  SELECT a.*, CASE a."response.grade" WHEN 'A' THEN 1.0 WHEN 'B' THEN 0.8 WHEN 'C' THEN 0.5 ELSE 0.3 END AS weight
                  FROM "answer" a JOIN "interview" i ON i."KEY" = a."interview.KEY"
                  WHERE a."response.score" IS NOT NULL
                    AND EXISTS (SELECT 1 FROM "person" p WHERE instr(coalesce(a."person.KEY", i."persons.KEY"), p."KEY") > 0)
                    AND NOT EXISTS (SELECT 1 FROM "person" p WHERE instr(coalesce(a."person.KEY", i."persons.KEY"), p."KEY") > 0 AND p."consent.state" IS NOT 'given')
                ) GROUP BY "question"
                """),
        AnalystView(
            name: "leakage", words: "a leakage line that was not withdrawn, with its price, a year, in the main unit of the currency; before its probability, overlaps and ceilings, and empty where it has no price",
            sql: """
                SELECT "handle" AS line, "title" AS title, "category" AS category, "site" AS site, "pool" AS pool, "status" AS status, "amount.variant" AS variant, "amount.grade" AS grade,
                  "price.low" AS low, "price.likely" AS likely, "price.high" AS high, "amount.probability" AS probability, "domainPoints" AS domain_points, "seamPoints" AS seam_points
                FROM "leakageLine" WHERE "isWithdrawn" IS NOT 1
                """),
        AnalystView(
            name: "seam_scores", words: "one person's view of one failure mode of a seam",
            sql: """
                SELECT s."handle" AS seam, s."name" AS name, s."fromUnit" AS from_unit, s."toUnit" AS to_unit, m."mode" AS mode, m."scorer" AS scorer,
                  m."rating.score" AS score, m."rating.grade" AS grade
                FROM "seamModeScore" m JOIN "seam" s ON s."KEY" = m."seam.KEY"
                """),
        AnalystView(
            name: "decision_times", words: "a decision that was timed: hours from detecting to acting, beside the hours after which waiting does harm",
            sql: """
                SELECT d."handle" AS decision, d."name" AS name, d."decider" AS decider, x."handle" AS sample,
                  round((julianday(x."times.decidedAt") - julianday(x."times.detectedAt")) * 24, 3) AS hours_to_decide,
                  round((julianday(x."times.actedAt") - julianday(x."times.detectedAt")) * 24, 3) AS hours_to_act,
                  d."economics.timeToDamage.likely" / 3600.0 AS hours_to_damage
                FROM "decisionSample" x JOIN "decisionRight" d ON d."KEY" = x."decision.KEY"
                """),
        AnalystView(
            name: "initiative_targets", words: "a line that an initiative is to reduce, in percent",
            sql: """
                SELECT n."handle" AS initiative, n."name" AS name, n."declaredRank" AS declared_rank, n."cost.likely" AS cost_likely, l."handle" AS line, l."title" AS title,
                  t."reduction.low" AS reduction_low, t."reduction.likely" AS reduction_likely, t."reduction.high" AS reduction_high
                FROM "initiativeTarget" t JOIN "initiative" n ON n."KEY" = t."initiative.KEY" JOIN "leakageLine" l ON l."KEY" = t."line.KEY"
                """),
        AnalystView(
            name: "edits_by_day", words: "a day of an author: how many edits, and how many of them wait in quarantine",
            sql: """
                SELECT date("captured") AS day, "author" AS author, count(*) AS edits, sum("standing" = 'quarantined') AS quarantined
                FROM "changes" GROUP BY 1, 2
                """),
    ]
}
