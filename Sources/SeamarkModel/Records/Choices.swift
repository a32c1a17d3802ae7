/// A list of choices with numbers that are stable for ever. A number that is not in the list comes from a newer version.
public struct Choices: Sendable {
    public struct Choice: Sendable {
        public let number: Int64
        public let key: String
    }

    public let choices: [Choice]

    /// Numbered 1, 2, 3 … in the order given. New ones are added at the end; none is taken away.
    public init(_ keys: String...) {
        choices = keys.enumerated().map { Choice(number: Int64($0.offset) + 1, key: $0.element) }
    }

    public func key(_ number: Int64) -> String? {
        number >= 1 && number <= Int64(choices.count) ? choices[Int(number) - 1].key : nil
    }

    public func number(_ key: String) -> Int64? { choices.first { $0.key == key }?.number }

    /// "a, b or c".
    public var inWords: String {
        guard let last = choices.last, choices.count > 1 else { return choices.first?.key ?? "" }
        return choices.dropLast().map(\.key).joined(separator: ", ") + " or " + last.key
    }
}

/// Every list of choices, once.
extension Choices {
    static let role = Choices("consultant", "lead", "analyst", "clientViewer", "tenantAdmin")
    static let tenantStatus = Choices("active", "suspended", "closed")
    static let deviceStatus = Choices("active", "revoked")
    static let sector = Choices("manufacturing", "logistics", "energy", "health", "retail", "services", "public", "other")
    static let engagementStatus = Choices("setup", "fieldwork", "review", "frozen", "closed")
    static let siteKind = Choices("plant", "warehouse", "hub", "office", "controlRoom", "field", "other")
    static let unitKind = Choices(
        "production", "maintenance", "quality", "planning", "logistics", "sales", "purchasing", "finance", "people", "technology", "compliance",
        "leadership", "other")
    static let level = Choices("executive", "director", "manager", "supervisor", "frontline", "external")
    static let consentState = Choices("none", "given", "withdrawn")
    static let consentMethod = Choices("written", "verbal", "electronic")
    static let consentScope = Choices("quotes", "role", "audio", "recontact")
    static let interviewMode = Choices("onSite", "video", "telephone", "group")
    static let interviewStatus = Choices("draft", "finalised", "reviewed", "locked")
    static let attribution = Choices("namedOk", "roleOk", "unattributed", "teamOnly")
    static let outcome = Choices("scored", "dontKnow", "notApplicable", "declined")
    static let grade = Choices("A", "B", "C", "D")
    static let publicationDocument = Choices("html", "markdown", "json")
    static let questionnaireState = Choices("open", "retired")
    static let polarity = Choices("drag", "strength")
    static let evidenceKind = Choices("photo", "document", "extract", "audio", "link", "ledger")
    static let sensitivity = Choices("normal", "restricted", "teamOnly")
    static let seamMode = Choices(
        "ownershipAmbiguity", "kpiConflict", "approvalLatency", "exceptionByHeroics", "relationshipDependence", "dataMismatch")
    static let constraintKind = Choices("throughput", "service", "quality", "cost")
    static let constraintStatus = Choices("suspected", "measured", "relieved")
    static let rateMethod = Choices("contribution", "operatingExpense")
    static let loadPeriod = Choices("hour", "day", "week", "month", "year")
    static let stage = Choices("idea", "planned", "approved", "running", "live", "stopped")
    static let mandate = Choices("none", "safety", "regulatory", "endOfLife")
    static let category = Choices("EXPEDITE", "QUALITY", "LABOUR", "PENALTY", "DOWNTIME")
    static let variant = Choices(
        "shipments", "ledger", "scrap", "rework", "escapes", "overtime", "agency", "turnover", "chargeback", "serviceCredit", "lostCustomer",
        "constraintHours", "nonConstraint", "decisionWait", "energyOutput", "other")
    /// What variants are priced from, in the order of `PricingInput`.
    static let pricingInput = Choices(
        "shipments", "premiumPrice", "standardPrice", "share", "booked", "baseline", "units", "variableCost", "salvage", "hours", "rate", "material", "events",
        "costPerEvent", "premiumFraction", "agencyRate", "internalRate", "leavers", "costPerReplacement", "value", "rateBasisPoints", "contribution",
        "contributionPerHour", "avoidableCostPerHour", "latencyHours", "hoursToDamage", "costPerHour", "volume", "marginPerUnit")
    static let lineKind = Choices("runRate", "contingent")
    static let inPlan = Choices("yes", "no", "unknown")
    static let lineStatus = Choices("draft", "priced", "reviewed", "reconciled")
    static let valuation = Choices("ledger", "cost", "contribution", "revenue")
    static let moveState = Choices("open", "doing", "done", "dropped")
    static let drift = Choices("ownerChanged", "priorityCollision", "handoffDecay", "capacityMoved", "knowledgeThinned")
    static let driftState = Choices("open", "confirmed", "dismissed")
    static let gateCriterion = Choices("G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9", "G10", "G11", "G12")
    static let gateOutcome = Choices("pass", "conditional", "fail", "notAssessed")
    static let gateVerdict = Choices("pass", "limited", "hold", "rollBack")
    static let sequenceVerdict = Choices("keepMandated", "fundConstraint", "fund", "review", "notFunded", "pause")
    static let structuralCheck = Choices(
        "contributionBelowLoad", "expediteAndPenalty", "overtimeAndDowntime", "samePool", "pricedAtRevenue", "customerNotContingent",
        "seamCostDiffers", "constraintCostDiffers", "decisionCostDiffers")
}
