import CDNNL
import Dispatch
import Foundation
import RecollectEmbedding
import Synchronization

/// The threads that compute, and the calls that wait for them.
///
/// Calls take turns: a thread takes one pack of the first call and puts the call behind the others. So a query waits for the
/// packs that are being computed, not for all the texts that arrived before it, and a large call uses every thread.
final class EncoderThreads: Sendable {
    private struct State {
        var calls: [EncoderCall] = []
        var isEnded = false
    }

    private let state = Mutex(State())
    /// Signalled once for each pack that can be taken, and once a thread at the end.
    private let turns = DispatchSemaphore(value: 0)
    private let count: Int

    /// Starts the threads.
    init(_ count: Int, weights: MiniLMWeights, precision: cdnnl_precision) {
        self.count = count
        for number in 1...count {
            let thread = Thread { [self] in work(ForwardPass(weights: weights, precision: precision)) }
            thread.name = "embedding-\(number)"
            thread.start()
        }
    }

    /// Queues a call.
    func add(_ call: EncoderCall) {
        state.withLock { $0.calls.append(call) }
        turns.signal()
    }

    /// Ends the threads when nothing is left to do.
    func end() {
        state.withLock { $0.isEnded = true }
        for _ in 0..<count { turns.signal() }
    }

    private func work(_ pass: ForwardPass) {
        while true {
            turns.wait()
            guard let call = state.withLock({ $0.calls.isEmpty ? nil : $0.calls.removeFirst() }) else {
                if state.withLock({ $0.isEnded }) { return }
                continue
            }
            let pack = call.nextPack()
            if pack.hasMore { add(call) }
            if pack.texts.isEmpty { continue }
            call.complete(pack, Result { () throws(EmbeddingError) in try pass.vectors(of: pack.texts) })
        }
    }
}
