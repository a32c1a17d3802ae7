/// Which sites and units may have readings of their own, so that nobody's answers follow from what is shown, alone or by subtraction.
///
/// What everybody said is known. Sites (and what belongs to none) part everybody; the units of a shown site, and what is said there of
/// no unit, part that site. Each part follows the rule of `CellSuppression`: it needs `minimum` people, and what is hidden must reach it
/// together as well. Of a site that is hidden no unit is shown. Of parts with equally many people the one is hidden first that belongs to no
/// place, then the one whose handle people count first (`S2` before `S10`), then the lesser place: what is hidden moves money, so the order is
/// one that people see.
public struct PlaceSuppression<Place: Hashable & Sendable & Comparable>: Sendable {
    /// Somebody heard at a place. The same person may be heard at several.
    public struct Voice: Hashable, Sendable {
        public var respondent: String
        public var site: Place?
        public var unit: Place?

        public init(_ respondent: String, site: Place?, unit: Place?) {
            self.respondent = respondent
            self.site = site
            self.unit = unit
        }
    }

    public let shown: Set<Place>

    /// - Parameter handles: what people call the places; one without a handle counts before all others.
    public init(_ voices: [Voice], handles: [Place: String] = [:], minimum: Int = CellSuppression.standard) {
        var sites: [Place?: Set<String>] = [:]
        for voice in voices { sites[voice.site, default: []].insert(voice.respondent) }
        var shown: Set<Place> = []
        for site in Self.shown(sites, handles, minimum) {
            if let site { shown.insert(site) }
            var units: [Place?: Set<String>] = [:]
            for voice in voices where voice.site == site { units[voice.unit, default: []].insert(voice.respondent) }
            for case let unit? in Self.shown(units, handles, minimum) { shown.insert(unit) }
        }
        // A unit that was told of at several sites is more than its part of one.
        var homes: [Place: Set<Place?>] = [:]
        for voice in voices { if let unit = voice.unit { homes[unit, default: []].insert(voice.site) } }
        self.shown = shown.filter { (homes[$0]?.count ?? 1) <= 1 }
    }

    /// As `CellSuppression`, where one person may stand in several parts: what is hidden counts each once.
    static func shown(_ parts: [Place?: Set<String>], _ handles: [Place: String], _ minimum: Int) -> [Place?] {
        let least = max(CellSuppression.floor, minimum)
        func precedes(_ left: Place?, _ right: Place?) -> Bool {
            guard let right else { return false }
            guard let left else { return true }
            let a = handles[left] ?? "", b = handles[right] ?? ""
            return a != b ? HandleOrder.precedes(a, b) : left < right
        }
        let rising = parts.sorted { $0.value.count != $1.value.count ? $0.value.count < $1.value.count : precedes($0.key, $1.key) }
        var hidden: Set<String> = []
        var count = 0
        while count < rising.count {
            let next = rising[count].value
            guard next.count < least || !hidden.isEmpty && hidden.count < least else { break }
            hidden.formUnion(next)
            count += 1
        }
        return rising[count...].map(\.key)
    }
}
