/// What is going to happen, in the order of a virtual clock. Nothing waits: time goes from one event to the next.
///
/// `@unchecked Sendable`: a simulation lives on one thread from its first event to its last.
final class Agenda: @unchecked Sendable {
    private struct Item {
        let time: Int64
        /// Of two at one time the one that was asked for first comes first.
        let number: UInt64
        let body: () -> Void

        static func < (left: Item, right: Item) -> Bool {
            left.time != right.time ? left.time < right.time : left.number < right.number
        }
    }

    /// Milliseconds since the schedule began.
    private(set) var now: Int64 = 0
    private var heap: [Item] = []
    private var asked: UInt64 = 0
    private(set) var done = 0

    func after(_ delay: Int64, _ body: @escaping () -> Void) {
        asked += 1
        heap.append(Item(time: now + max(0, delay), number: asked, body: body))
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Does everything up to `time`, which is now afterwards.
    func run(until time: Int64) {
        while let first = heap.first, first.time <= time { next() }
        now = max(now, time)
    }

    /// Does everything. False when there is no end to it: more than `most` events.
    func runOut(most: Int = 200_000) -> Bool {
        var left = most
        while !heap.isEmpty {
            guard left > 0 else { return false }
            left -= 1
            next()
        }
        return true
    }

    private func next() {
        heap.swapAt(0, heap.count - 1)
        let item = heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] { least = child }
            if least == parent { break }
            heap.swapAt(parent, least)
            parent = least
        }
        now = max(now, item.time)
        done += 1
        item.body()
    }
}
