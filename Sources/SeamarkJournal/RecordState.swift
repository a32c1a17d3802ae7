/// What is known of one record: for each target every edit that no known edit supersedes.
///
/// `apply` is commutative and associative, and a change that is applied once stays applied, so replicas that have
/// applied the same changes hold the same heads, whatever the order. Two heads of one target are a disagreement, and
/// both are kept. Applying never fails.
public struct RecordState: Hashable, Sendable {
    /// The heads of one target, the one to show first.
    public struct Slot: Hashable, Sendable {
        public let target: Target
        public internal(set) var heads: [Head]

        public init(target: Target, heads: [Head]) {
            self.target = target
            self.heads = heads
        }
    }

    /// The record's type by number, from the first edit that spoke of it.
    public let type: UInt32
    /// Sorted by target; no slot is empty.
    public private(set) var slots: [Slot]
    /// Edits that were superseded before they arrived: empty unless changes came out of order. Sorted.
    public private(set) var early: [Early]

    /// An edit of a target that was superseded there before it arrived. The target belongs to it: a name of another
    /// target's edit supersedes nothing, whichever of the two comes first.
    public struct Early: Hashable, Comparable, Sendable {
        public let target: Target
        public let name: EditName

        public init(target: Target, name: EditName) {
            self.target = target
            self.name = name
        }

        public static func < (left: Early, right: Early) -> Bool {
            left.name != right.name ? left.name < right.name : left.target < right.target
        }
    }

    public init(type: UInt32, slots: [Slot] = [], early: [Early] = []) {
        self.type = type
        self.slots = slots
        self.early = early
    }

    /// A record of which nothing is known yet, with room for so many slots.
    init(type: UInt32, room: Int) {
        self.init(type: type)
        slots.reserveCapacity(room)
    }

    /// The heads of `target`, the one to show first; empty where nobody has said anything.
    public func heads(of target: Target) -> [Head] {
        let (index, found) = place(of: target)
        return found ? slots[index].heads : []
    }

    /// Whether the head shown first says that the record was deleted.
    public var isDeleted: Bool { heads(of: .life).first?.content.value == .bool(false) }

    /// The heads of fields and elements that no deletion has seen: on a deleted record they keep it visible, and are a conflict.
    public var unwitnessed: [Head] {
        let lives = heads(of: .life).filter { $0.content.value == .bool(false) }
        return slots.filter { $0.target != .life }.flatMap { slot in
            slot.heads.filter { head in !lives.contains { $0.witnessed.contains(head.name) } }
        }
    }

    /// The names of all heads of fields and elements, ascending: what somebody who deletes the record now has seen.
    public var fieldHeadNames: [EditName] {
        slots.filter { $0.target != .life }.flatMap { $0.heads.map(\.name) }.sorted()
    }

    /// Takes one edit in and returns what that alters in the scope's digest.
    ///
    /// - Parameters:
    ///   - head: the edit as a head.
    ///   - missing: receives the edits that are named and not found: `noteEarly` is for those whose change was not applied before.
    mutating func apply(
        _ head: Head, to target: Target, superseding names: [EditName], missing: inout [EditName]
    ) -> ScopeDigest {
        var delta = ScopeDigest.zero
        var (index, found) = place(of: target)
        // With many names and many heads: each is looked at once, not each for each.
        if found, names.count > 1, slots[index].heads.count > 8 {
            let going = Set(names)
            var gone: Set<EditName> = []
            slots[index].heads.removeAll { head in
                guard going.contains(head.name) else { return false }
                gone.insert(head.name)
                return true
            }
            for name in names {
                if gone.remove(name) != nil { delta.subtract(name) } else if name.change != head.name.change { missing.append(name) }
            }
        } else {
            for name in names {
                if found, let old = slots[index].heads.firstIndex(where: { $0.name == name }) {
                    slots[index].heads.remove(at: old)
                    delta.subtract(name)
                } else if name.change != head.name.change {
                    missing.append(name)
                }
            }
        }
        if let place = earlyPlace(of: Early(target: target, name: head.name)), place.found {
            early.remove(at: place.index)
        } else {
            if !found {
                slots.insert(Slot(target: target, heads: []), at: index)
                found = true
            }
            let place = Self.place(of: head, among: slots[index].heads)
            slots[index].heads.insert(head, at: place)
            delta.add(head.name)
        }
        if found, slots[index].heads.isEmpty { slots.remove(at: index) }
        return delta
    }

    /// Notes an edit that was superseded before it arrived.
    mutating func noteEarly(_ name: EditName, of target: Target) {
        let coming = Early(target: target, name: name)
        guard let place = earlyPlace(of: coming) else { return early.append(coming) }
        if !place.found { early.insert(coming, at: place.index) }
    }

    /// Where it is among those that came early, or would be; nil where there are none.
    private func earlyPlace(of one: Early) -> (index: Int, found: Bool)? {
        guard !early.isEmpty else { return nil }
        var low = 0
        var high = early.count
        while low < high {
            let middle = (low + high) / 2
            if early[middle] < one { low = middle + 1 } else { high = middle }
        }
        return (low, low < early.count && early[low] == one)
    }

    /// Behind those that are shown before it.
    private static func place(of head: Head, among heads: [Head]) -> Int {
        var low = 0
        var high = heads.count
        while low < high {
            let middle = (low + high) / 2
            if head.isShown(before: heads[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Where `target` is, or would be inserted.
    private func place(of target: Target) -> (Int, Bool) {
        // New fields of a new record come in ascending order nearly always: look at the end first.
        if let last = slots.last, last.target < target { return (slots.count, false) }
        var low = 0
        var high = slots.count
        while low < high {
            let middle = (low + high) / 2
            if slots[middle].target < target { low = middle + 1 } else { high = middle }
        }
        return (low, low < slots.count && slots[low].target == target)
    }
}
