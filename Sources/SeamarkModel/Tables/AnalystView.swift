/// A question that analysts ask again and again, as a view over the exported tables (`EngagementExport.Format.sqlite`).
///
/// Views name columns without points, so that they need no quotes. Sensitive columns are in none. They count what a report counts: rows that were merged into
/// another are left out, and what refers to one leads to the record that stands for it.
public struct AnalystView: Hashable, Sendable {
    public let name: String
    /// What a row is.
    public let words: String
    /// SQLite's, after `CREATE VIEW name AS`.
    public let sql: String

    public static let all: [AnalystView] = [
        AnalystView(
            name: "answers", words: "an answer, with its interview, the level of who was asked and the interview's place, and whether a report's scores hold it (`used`)",
            sql: """
                SELECT coalesce(gi."survivor", a."interview") AS interview, i."startedAt" AS started_at, coalesce(gs."survivor", i."site") AS site,
                  coalesce(gu."survivor", i."unit") AS unit, a."level" AS level, a."question" AS question, a."scorer" AS scorer, a."response.outcome" AS outcome,
                  a."response.score" AS score, a."response.grade" AS grade, a."used" AS used, a."conflicts" AS conflicts
                FROM "answer" a \(gone("a")) \(survivor("gi", of: "a", "interview.KEY"))
                  LEFT JOIN "interview" i ON i."KEY" = \(standing("gi", "a", "interview.KEY"))
                  \(survivor("gs", of: "i", "site.KEY")) \(survivor("gu", of: "i", "unit.KEY"))
                WHERE gone."KEY" IS NULL
                """),
        AnalystView(
            name: "question_scores",
            words: "a question, with how many scores of it a report holds, their mean by weight of evidence as a report has it (a lead's rulings aside), least and highest score, and the share of the grades A and B",
            sql: """
                SELECT coalesce("countsFor", "question") AS question, count(*) AS answers, sum("response.score" * weight) * 1.0 / sum(weight) AS mean, min("response.score") AS least,
                  max("response.score") AS highest, avg(CASE WHEN "response.grade" IN ('A', 'B') THEN 1.0 ELSE 0.0 END) AS share_a_b
                FROM (
                  SELECT *, CASE "response.grade" WHEN 'A' THEN 10 WHEN 'B' THEN 8 WHEN 'C' THEN 5 ELSE 3 END AS weight
                  FROM "answer" WHERE "used" = 1 AND "response.score" IS NOT NULL
                ) GROUP BY 1
                """),
        AnalystView(
            name: "leakage",
            words: "a leakage line that was neither withdrawn nor merged into another, with its price, a year, in the main unit of the currency; before its probability, overlaps and ceilings, and empty where it has no price. Points of merged seams are added up",
            sql: """
                SELECT l."handle" AS line, l."title" AS title, l."category" AS category, coalesce(gs."survivor", l."site") AS site, coalesce(gp."survivor", l."pool") AS pool,
                  l."status" AS status, l."amount.variant" AS variant, l."amount.grade" AS grade, l."price.low" AS low, l."price.likely" AS likely, l."price.high" AS high,
                  l."amount.probability" AS probability, l."domainPoints" AS domain_points, l."seamPoints.standing" AS seam_points
                FROM "leakageLine" l \(gone("l")) \(survivor("gs", of: "l", "site.KEY")) \(survivor("gp", of: "l", "pool.KEY"))
                WHERE gone."KEY" IS NULL AND l."isWithdrawn" IS NOT 1
                """),
        AnalystView(
            name: "seam_scores", words: "one person's view of one failure mode of a seam, or of a seam that was merged into it",
            sql: """
                SELECT s."handle" AS seam, s."name" AS name, coalesce(gf."survivor", s."fromUnit") AS from_unit, coalesce(gt."survivor", s."toUnit") AS to_unit,
                  m."mode" AS mode, m."scorer" AS scorer, m."rating.score" AS score, m."rating.grade" AS grade
                FROM "seamModeScore" m \(gone("m")) \(survivor("gm", of: "m", "seam.KEY"))
                  JOIN "seam" s ON s."KEY" = \(standing("gm", "m", "seam.KEY"))
                  \(survivor("gf", of: "s", "fromUnit.KEY")) \(survivor("gt", of: "s", "toUnit.KEY"))
                WHERE gone."KEY" IS NULL
                """),
        AnalystView(
            name: "decision_times", words: "a decision that was timed, of a right or of one that was merged into it: hours from detecting to acting, beside the hours after which waiting does harm",
            sql: """
                SELECT d."handle" AS decision, d."name" AS name, d."decider" AS decider, x."handle" AS sample,
                  round((julianday(x."times.decidedAt") - julianday(x."times.detectedAt")) * 24, 3) AS hours_to_decide,
                  round((julianday(x."times.actedAt") - julianday(x."times.detectedAt")) * 24, 3) AS hours_to_act,
                  d."economics.timeToDamage.likely" / 3600.0 AS hours_to_damage
                FROM "decisionSample" x \(gone("x")) \(survivor("gd", of: "x", "decision.KEY"))
                  JOIN "decisionRight" d ON d."KEY" = \(standing("gd", "x", "decision.KEY"))
                WHERE gone."KEY" IS NULL
                """),
        AnalystView(
            name: "initiative_targets", words: "a line, not withdrawn, that an initiative is to reduce, in percent; where merges left two rows for one line, the one that a report takes",
            sql: """
                SELECT initiative, name, declared_rank, cost_likely, line, title, reduction_low, reduction_likely, reduction_high FROM (
                  SELECT n."handle" AS initiative, n."name" AS name, n."declaredRank" AS declared_rank, n."cost.likely" AS cost_likely, l."handle" AS line, l."title" AS title,
                    t."reduction.low" AS reduction_low, t."reduction.likely" AS reduction_likely, t."reduction.high" AS reduction_high,
                    row_number() OVER (PARTITION BY n."KEY", l."KEY" ORDER BY t."KEY") AS place
                  FROM "initiativeTarget" t \(gone("t")) \(survivor("gn", of: "t", "initiative.KEY")) \(survivor("gl", of: "t", "line.KEY"))
                    JOIN "initiative" n ON n."KEY" = \(standing("gn", "t", "initiative.KEY"))
                    JOIN "leakageLine" l ON l."KEY" = \(standing("gl", "t", "line.KEY"))
                  WHERE gone."KEY" IS NULL AND l."isWithdrawn" IS NOT 1
                ) WHERE place = 1
                """),
        AnalystView(
            name: "edits_by_day", words: "a day of an author: how many edits, and how many of them wait in quarantine",
            sql: """
                SELECT date("captured") AS day, "author" AS author, count(*) AS edits, sum("standing" = 'quarantined') AS quarantined
                FROM "audit" GROUP BY 1, 2
                """),
    ]

    // MARK: - Where merges lead: the table `merged` has every record that another stands for

    /// `gone."KEY"` is there where the row itself was merged into another.
    private static func gone(_ alias: String) -> String { survivor("gone", of: alias, "KEY") }

    private static func survivor(_ alias: String, of table: String, _ column: String) -> String {
        "LEFT JOIN \"merged\" \(alias) ON \(alias).\"KEY\" = \(table).\"\(column)\""
    }

    /// The id of the record that stands for the one that the column names, where `alias` is joined by it.
    private static func standing(_ alias: String, _ table: String, _ column: String) -> String {
        "coalesce(\(alias).\"survivor.KEY\", \(table).\"\(column)\")"
    }
}
