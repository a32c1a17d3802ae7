import SeamarkJournal
import SeamarkProtocol
public import SeamarkStore

// What a device finds wrong by itself in what a server, or somebody between, gives it: told at once, and counted.
extension Device {
    /// How often something of one number was found, and when it was last.
    public struct Finding: Hashable, Sendable {
        /// Its number in `SPEC.md` section 8.
        public let problem: UInt32
        public internal(set) var count: Int64
        /// By this device's clock: milliseconds since 1970.
        public internal(set) var last: Int64
    }

    /// By number.
    public static func findings(_ state: DeviceState) -> [Finding] {
        (state.settings[.findings]?.list ?? []).compactMap { item in
            guard let parts = item.list, parts.count == 3, case .int(let problem) = parts[0], case .int(let count) = parts[1], case .int(let last) = parts[2],
                let number = UInt32(exactly: problem)
            else { return nil }
            return Finding(problem: number, count: count, last: last)
        }
    }

    static func note(_ code: Problem.Code, times: Int = 1, at time: Int64, _ transaction: DeviceTransaction) throws(DeviceStoreError) {
        var findings = findings(transaction.state)
        if let known = findings.firstIndex(where: { $0.problem == code.rawValue }) {
            findings[known].count += Int64(times)
            findings[known].last = time
        } else {
            findings.append(Finding(problem: code.rawValue, count: Int64(times), last: time))
        }
        let value = findings.sorted { $0.problem < $1.problem }.map { Value.list([.int(Int64($0.problem)), .int($0.count), .int($0.last)]) }
        try transaction.append(.setting(.findings, .list(value)))
    }

    /// Work goes on where it cannot be noted.
    func note(_ code: Problem.Code, times: Int = 1) {
        let time = now()
        try? store.transaction { try Self.note(code, times: times, at: time, $0) }
    }
}
