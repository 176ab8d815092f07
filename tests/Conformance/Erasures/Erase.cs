using DToC.Grains;

namespace DToC.Conformance;

/// <summary>
/// A step of a client that no grain is told: whoever this customer is then, is found and erased by the host.
/// </summary>
/// <param name="AsksAgain">
/// Whether the client asks until it has an answer; one who does not leaves an erasure that was begun to the host.
/// </param>
internal sealed record Erase(bool AsksAgain) : GrainMessage;

/// <summary>How an <see cref="Erase"/> ended.</summary>
/// <param name="Receipt">The receipt; null when none came and it was not asked for again.</param>
internal sealed record EraseReply(ErasureReceipt? Receipt) : Reply;

/// <summary>An erasure as a judge knows it.</summary>
/// <param name="Name">Its name on the simulated disk.</param>
/// <param name="Asked">The customer that was asked for.</param>
/// <param name="Begun">Step in which it was durably begun.</param>
internal sealed record SeenErasure(string Name, string Asked, long Begun)
{
    /// <summary>Who it reached in the end.</summary>
    public required DataSubject Subject { get; init; }

    /// <summary>Whether its receipt was given, or would have been.</summary>
    public bool IsDone { get; init; }
}
