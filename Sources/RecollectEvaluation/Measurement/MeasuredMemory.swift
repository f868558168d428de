package import RecollectDomain
import RecollectVocabulary

/// A memory to measure: nothing else may be remembered in it.
package struct MeasuredMemory: Sendable {
    /// The memory.
    package let memory: Memory
    /// On whose behalf.
    package let scope: AccountScope

    /// A memory to measure.
    ///
    /// - Parameters:
    ///   - memory: the memory.
    ///   - scope: on whose behalf.
    package init(_ memory: Memory, _ scope: AccountScope) {
        self.memory = memory
        self.scope = scope
    }

    /// A new store with its default settings.
    func store() async throws -> StoreID {
        let operation = try await memory.stores.create(StoreName("evaluation"), description: nil, in: scope)
        let resource = try await memory.operations.fetch(operation, in: scope).resourceID
        return try StoreID(resource ?? "", field: "store")
    }

    /// A new profile in a store; the number tells it from others.
    func profile(_ number: Int, in store: StoreID) async throws -> MeasuredProfile {
        let chat = TraitInput(
            group: "Contact",
            name: "chat",
            value: .string("profile \(number)"),
            field: "traits.Contact.chat"
        )
        let id = try await memory.profiles.create([chat], in: store, scope)
        return MeasuredProfile(memory: self, place: ProfilePlace(store: store, profile: id))
    }
}

/// Tells how far an evaluation is: how much is done, of how much, and a note for people.
package typealias EvaluationProgress = (_ done: Int, _ whole: Int, _ note: String) -> Void
