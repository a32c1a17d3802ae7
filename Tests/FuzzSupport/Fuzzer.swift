import Glibc
internal import SeamarkTestSupport

/// Mutates inputs, keeps those that led somewhere new, and stops at the first that breaks something. The same seed and corpus give the same
/// inputs in the same order.
package struct Fuzzer {
    package struct Finding: Equatable, Sendable {
        package let words: String
        package let input: [UInt8]
        package let execution: Int
    }

    package private(set) var executions = 0
    package private(set) var taken = 0
    /// The inputs that led somewhere that none before did, in the order in which they came.
    package private(set) var discoveries: [[UInt8]] = []
    private var harness: any Harness
    private var pool: [[UInt8]]
    private var seen: Set<Outcome> = []
    private var dice: SplitMix64
    private let memoryBefore = Self.peakKilobytes

    /// Bytes of the longest input: longer than a frame, so that the bounds lie within.
    private static let longest = 1 << 21
    /// Kilobytes by which a target's process may grow: an input of a few bytes that is given more has made somebody believe a length.
    private static let mostGrowth = 256 * 1024
    private static let largestPool = 4_096

    package init(_ target: FuzzTarget, seed: UInt64, corpus: [[UInt8]], canary: Bool) throws {
        harness = try target.harness()
        harness.hasCanary = canary
        pool = harness.seeds + corpus + [[]]
        dice = SplitMix64(seed: seed)
    }

    /// Runs until the time is over or something breaks. `before` is told each input before it is tried: what it was told last is what trapped.
    ///
    /// - Parameter watchesMemory: the process does nothing else, so that its growth is this target's.
    package mutating func run(seconds: Double, watchesMemory: Bool = false, before: ([UInt8]) -> Void = { _ in }) -> Finding? {
        let end = Self.now + seconds
        // What is known must hold first.
        for input in pool {
            if let finding = attempt(input, before) { return finding }
        }
        while Self.now < end {
            for _ in 0..<64 {
                if let finding = attempt(mutated(), before) { return finding }
            }
            let growth = Self.peakKilobytes - memoryBefore
            if watchesMemory, growth > Self.mostGrowth { return Finding(words: "the process grew by \(growth) KiB", input: pool.last ?? [], execution: executions) }
        }
        return nil
    }

    private mutating func attempt(_ input: [UInt8], _ before: ([UInt8]) -> Void) -> Finding? {
        before(input)
        executions += 1
        do throws(Broken) {
            let outcome = try harness.take(input)
            if outcome.isTaken { taken += 1 }
            if seen.insert(outcome).inserted, pool.count < Self.largestPool {
                pool.append(input)
                discoveries.append(input)
            }
            return nil
        } catch { return Finding(words: error.words, input: input, execution: executions) }
    }

    /// One of the pool with one to six changes.
    package mutating func mutated() -> [UInt8] {
        var bytes = pool[below(pool.count)]
        for _ in 0...below(6) { change(&bytes) }
        return bytes.count > Self.longest ? Array(bytes.prefix(Self.longest)) : bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = below(bytes.count + 1)
        switch below(10) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << below(8)
        case 1 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
        case 2 where place < bytes.count: bytes[place] = [0, 1, 0x7f, 0x80, 0xff, 0x30, 0x2d][below(7)]
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(8)))
        case 4: bytes.insert(UInt8(truncatingIfNeeded: dice.next()), at: place)
        case 5 where !harness.words.isEmpty: bytes.insert(contentsOf: harness.words[below(harness.words.count)], at: place)
        case 6 where !harness.words.isEmpty:
            let word = harness.words[below(harness.words.count)]
            bytes.replaceSubrange(place..<min(bytes.count, place + word.count), with: word)
        case 7:
            let from = below(bytes.count + 1)
            bytes.insert(contentsOf: Array(bytes[from..<min(bytes.count, from + 1 + below(32))]), at: place)
        case 8:
            let other = pool[below(pool.count)]
            bytes = Array(bytes.prefix(place)) + other.suffix(below(other.count + 1))
        case 9 where place < bytes.count: bytes[place] &+= dice.chance(50) ? 1 : 255
        case _: if !bytes.isEmpty { bytes.removeLast() }
        }
    }

    private mutating func below(_ bound: Int) -> Int { Int(dice.next() % UInt64(bound)) }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static var peakKilobytes: Int {
        var usage = rusage()
        getrusage(0, &usage)  // RUSAGE_SELF, which Swift sees as another type
        return usage.ru_maxrss
    }
}
