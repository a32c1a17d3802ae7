/// Every order of `items`, one after the other; items that are equal are told apart by their place.
///
/// Heap's algorithm: n! calls, so for a handful only.
public func withEveryPermutation<Item>(of items: [Item], _ body: ([Item]) throws -> Void) rethrows {
    var items = items
    try permute(&items, items.count, body)
}

private func permute<Item>(_ items: inout [Item], _ count: Int, _ body: ([Item]) throws -> Void) rethrows {
    guard count > 1 else { return try body(items) }
    for index in 0..<count {
        try permute(&items, count - 1, body)
        if index < count - 1 { items.swapAt(count.isMultiple(of: 2) ? index : 0, count - 1) }
    }
}

/// Every split of `items` into two, by place.
public func withEverySplit<Item>(of items: [Item], _ body: ([Item], [Item]) throws -> Void) rethrows {
    for mask in 0..<(1 << items.count) {
        try body(
            items.indices.filter { mask >> $0 & 1 == 0 }.map { items[$0] }, items.indices.filter { mask >> $0 & 1 == 1 }.map { items[$0] })
    }
}
