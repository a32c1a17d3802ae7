/// One decision right with its measured cases, as the decision view takes it. Durations in seconds, money in the main unit.
public struct DecisionReading: Hashable, Sendable {
    /// One measured case; the times do not fall.
    public struct Sample: Hashable, Sendable {
        public var detectedAt: Double
        public var actedAt: Double
        public var isReopened: Bool
        /// How many levels it climbed; nil: nobody counted.
        public var levels: Int?
        public var isRoutine: Bool

        public init(detectedAt: Double, actedAt: Double, isReopened: Bool = false, levels: Int? = nil, isRoutine: Bool = true) {
            self.detectedAt = detectedAt
            self.actedAt = actedAt
            self.isReopened = isReopened
            self.levels = levels
            self.isRoutine = isRoutine
        }
    }

    /// What the decision asks of its decider.
    public struct Bandwidth: Hashable, Sendable {
        public var arrivalsPerWeek: Double
        public var minutesPerDecision: Double
        /// What the decider has for decisions a week, above 0.
        public var minutesPerWeek: Double

        public init(arrivalsPerWeek: Double, minutesPerDecision: Double, minutesPerWeek: Double) {
            self.arrivalsPerWeek = arrivalsPerWeek
            self.minutesPerDecision = minutesPerDecision
            self.minutesPerWeek = minutesPerWeek
        }
    }

    public var key: String
    public var name: String
    public var decider: String?
    public var deputy: String?
    public var hasLimit: Bool
    public var samples: [Sample]
    /// From detection to action, as told: used where fewer than five cases were measured.
    public var toldLatency: ThreePoint?
    public var timeToDamage: ThreePoint?
    public var eventsPerYear: ThreePoint?
    public var costPerHour: ThreePoint?
    /// How often the forum that decides meets; nil: no forum.
    public var forumInterval: Double?
    public var bandwidth: Bandwidth?

    public init(
        key: String, name: String = "", decider: String? = nil, deputy: String? = nil, hasLimit: Bool = false, samples: [Sample] = [],
        toldLatency: ThreePoint? = nil, timeToDamage: ThreePoint? = nil, eventsPerYear: ThreePoint? = nil, costPerHour: ThreePoint? = nil,
        forumInterval: Double? = nil, bandwidth: Bandwidth? = nil
    ) {
        self.key = key
        self.name = name
        self.decider = decider
        self.deputy = deputy
        self.hasLimit = hasLimit
        self.samples = samples
        self.toldLatency = toldLatency
        self.timeToDamage = timeToDamage
        self.eventsPerYear = eventsPerYear
        self.costPerHour = costPerHour
        self.forumInterval = forumInterval
        self.bandwidth = bandwidth
    }
}
