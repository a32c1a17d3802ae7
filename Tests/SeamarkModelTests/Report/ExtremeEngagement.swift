import Foundation
import SeamarkModel

/// An engagement of everything that makes a page burst: names of a hundred letters with words that cannot be broken, amounts from a hundred to a thousand billion,
/// twelve units that receive, contingent lines that seldom happen, decisions from minutes to decades, and reasons for being a draft by the dozen.
enum ExtremeEngagement {
    private static func long(_ beginning: String, _ count: Int = 120) -> String {
        String((beginning + " Interdepartmental Hochgeschwindigkeitsverarbeitungskoordination und Weiterleitung von Ausnahmegenehmigungen im Verbund der Niederlassungen").prefix(count))
    }

    private static func range(_ low: Int, _ likely: Int, _ high: Int) -> [String: Any] { ["low": low, "likely": likely, "high": high] }
    private static func money(_ place: Int, of most: Int, from: Double = 4, decades: Double = 10) -> Int { Int(pow(10, from + decades * Double(place - 1) / Double(most - 1))) }

    static func document() throws -> [UInt8] {
        var file: [String: Any] = [
            "format": "seamark-engagement", "version": 1,
            "engagement": ["handle": "EXTREME", "title": long("Titel"), "currency": "CHF", "financials": ["revenue": 200_000_000_000_000, "plannedOperatingIncome": 4_000_000_000_000, "fiscalYear": 2026], "budget": 9_000_000_000_000],
            "contributors": [["handle": "C1", "name": "Consultant one"]],
            "evidence": [["handle": "EV-1", "kind": "ledger", "title": long("Hauptbuch", 100), "source": "SAP"]],
        ]
        file["sites"] = (1...12).map { ["handle": "ST\($0)", "name": long("Standort \($0)"), "code": "S\($0)"] }
        file["units"] = (1...14).map { ["handle": "U\($0)", "name": long("Einheit \($0)"), "site": "ST\($0 % 12 + 1)"] }
        file["seams"] = (1...12).map { number -> [String: Any] in
            var seam: [String: Any] = [
                "handle": "S\(number)", "name": long("Naht \(number)"), "fromUnit": "U\(number)", "toUnit": "U\(number * 5 % 14 + 1)", "object": long("Gegenstand", 100),
                "modeScores": [["mode": "kpiConflict", "scorer": "C1", "rating": ["score": number % 5, "grade": "B"]]],
            ]
            if number % 2 == 0 { (seam["aiExposed"], seam["velocity"]) = (true, ["low": 1, "likely": 2.5, "high": 9]) }
            return seam
        }
        file["decisions"] = (1...6).map { number -> [String: Any] in
            let scale = Int(pow(10, Double(number)))
            return [
                "handle": "DR-A00\(number)", "name": long("Entscheid \(number)"), "decider": long("Entscheider", 100), "cadence": ["forum": long("Forum", 80), "interval": 604_800],
                "economics": ["timeToDamage": range(scale * 6, scale * 10, scale * 20), "eventsPerYear": range(1, 10, 30), "costPerHour": range(1, 100_000, 1_000_000_000)],
                "latency": range(60, 3600, 86_400 * 300), "bandwidth": ["arrivalsPerWeek": 500.5, "minutesPerDecision": 50.5, "minutesPerWeek": 100.5 * Double(number)],
            ]
        }
        file["lines"] = (1...60).map { number -> [String: Any] in
            let likely = money(number, of: 60)
            var amount: [String: Any] = [
                "range": range(likely / 2, likely, likely * 2), "grade": ["A", "B", "C", "D"][number % 4], "kind": number % 7 == 0 ? "contingent" : "runRate",
                "inPlan": ["yes", "no", "unknown"][number % 3], "basis": "one month of the ledger",
            ]
            if number % 7 == 0 { amount["probability"] = 0.05 }
            return [
                "handle": "L\(number)", "title": long("Leck \(number)"), "category": ["EXPEDITE", "QUALITY", "LABOUR", "PENALTY", "DOWNTIME"][number % 5], "site": "ST\(number % 12 + 1)",
                "amount": amount, "seamPoints": ["S\(number % 12 + 1)": 60, "S\((number + 3) % 12 + 1)": 40], "evidence": ["EV-1"], "status": "priced",
            ]
        }
        file["initiatives"] = (1...24).map { number -> [String: Any] in
            let cost = money(25 - number, of: 24)
            return [
                "handle": "I\(number)", "name": long("Vorhaben \(number)"), "sponsor": long("Sponsor", 100), "declaredRank": number, "cost": range(cost / 2, cost, cost * 3),
                "schedule": ["delayMonths": Double(number % 36) + 0.5, "stage": "planned"], "targets": [["line": "L\(number)", "reduction": range(0, 5000, 10_000)], ["line": "L\(number + 20)", "reduction": range(1000, 2000, 3000)]],
            ]
        }
        return Array(try JSONSerialization.data(withJSONObject: file, options: [.sortedKeys]))
    }

    static func report() throws -> EngagementReport {
        var bench = Bench()
        try EngagementFileTests.load(try document(), into: &bench)
        return try ReportBench.report(bench.views)
    }

    /// One line of a bakery: 1,200 a year.
    static func tiny() throws -> EngagementReport {
        var bench = Bench()
        let file: [String: Any] = [
            "format": "seamark-engagement", "version": 1,
            "engagement": ["handle": "TINY", "title": "A bakery", "currency": "EUR", "financials": ["revenue": 100_000_000, "plannedOperatingIncome": 8_000_000, "fiscalYear": 2026]],
            "sites": [["handle": "ST-A001", "name": "Bakery", "code": "BAK"]],
            "lines": [["handle": "L-A001", "title": "Burnt bread", "category": "QUALITY", "site": "ST-A001", "amount": ["range": range(90_000, 120_000, 200_000), "grade": "D", "kind": "runRate"], "status": "priced"]],
        ]
        try EngagementFileTests.load(Array(try JSONSerialization.data(withJSONObject: file, options: [.sortedKeys])), into: &bench)
        return try ReportBench.report(bench.views)
    }
}
