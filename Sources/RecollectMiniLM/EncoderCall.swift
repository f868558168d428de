import RecollectEmbedding
import Synchronization

/// Texts that somebody waits for, taken and answered a pack at a time.
final class EncoderCall: Sendable {
    typealias Outcome = Result<[[Float]], EmbeddingError>

    /// Texts that go through the layers together.
    struct Pack {
        /// The number of the first one.
        let first: Int
        let texts: [[Int32]]
        /// Whether texts are left after these.
        let hasMore: Bool
    }

    private struct State {
        var next = 0
        /// The tokens of the next text, where it did not fit the last pack.
        var left: [Int32]?
        var vectors: [[Float]]
        var missing: Int
        var failure: EmbeddingError?
        var waiter: CheckedContinuation<Outcome, Never>?
        var isCancelled = false
    }

    private let texts: [String]
    private let tokenizer: WordPieceTokenizer
    private let state: Mutex<State>

    init(_ texts: [String], tokenizer: WordPieceTokenizer) {
        precondition(!texts.isEmpty, "a call asks for something")
        self.texts = texts
        self.tokenizer = tokenizer
        state = Mutex(State(vectors: Array(repeating: [], count: texts.count), missing: texts.count))
    }

    /// Waits for the vectors; a task that is cancelled waits no longer, and what is not begun is left undone.
    ///
    /// `start` is called when somebody waits, and not at all where nobody does.
    func outcome(_ start: () -> Void) async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isCancelled = state.withLock { state in
                    if !state.isCancelled { state.waiter = waiter }
                    return state.isCancelled
                }
                if isCancelled { waiter.resume(returning: .failure(.late)) } else { start() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.isCancelled = true
                state.next = texts.count
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(returning: .failure(.late))
        }
    }

    /// The next texts: as many as one pass takes; none if the call has been cancelled.
    func nextPack() -> Pack {
        state.withLock { state in
            let first = state.next
            var pack: [[Int32]] = []
            var room = ForwardPass.rowLimit
            while state.next < texts.count {
                let tokens = state.left ?? tokenizer.tokens(of: texts[state.next])
                guard tokens.count <= room else {
                    state.left = tokens
                    break
                }
                state.left = nil
                room -= tokens.count
                pack.append(tokens)
                state.next += 1
            }
            return Pack(first: first, texts: pack, hasMore: state.next < texts.count)
        }
    }

    /// Takes the vectors of a pack; the last one wakes who waits.
    func complete(_ pack: Pack, _ outcome: Outcome) {
        let ended: (CheckedContinuation<Outcome, Never>, Outcome)? = state.withLock { state in
            switch outcome {
            case .success(let vectors):
                state.vectors.replaceSubrange(pack.first..<pack.first + vectors.count, with: vectors)
            case .failure(let error):
                state.failure = error
            }
            state.missing -= pack.texts.count
            guard state.missing == 0, let waiter = state.waiter else { return nil }
            state.waiter = nil
            return (waiter, state.failure.map { .failure($0) } ?? .success(state.vectors))
        }
        if let (waiter, outcome) = ended { waiter.resume(returning: outcome) }
    }
}
