// Sixteen threads write into a dictionary behind a `Mutex`: no race, by construction. ThreadSanitizer reports one all the same, since on
// Linux it does not see `Synchronization.Mutex` lock (a futex inside a library that is built without it). `Scripts/sanitize mutex` shows
// both: the false report, and that `thread.suppressions` silences it and still lets a real race (`-D RACE`) through.
import Foundation
import Synchronization

final class Shared: @unchecked Sendable {
    let locked = Mutex<[Int: Int]>([:])
    var open = 0
}

let shared = Shared()
let group = DispatchGroup()
for thread in 0..<16 {
    group.enter()
    Thread.detachNewThread {
        for index in 0..<2000 {
            shared.locked.withLock { $0[index % 50] = thread }
            #if RACE
                shared.open += 1
            #endif
        }
        group.leave()
    }
}
group.wait()
print(shared.locked.withLock { $0.count })
