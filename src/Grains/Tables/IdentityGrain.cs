using System.Buffers;
using System.Globalization;
using System.Text;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// One bucket of the table from identifier to customer: a row an identifier. Looked up before a turn, written only by
/// effects of turns.
/// </summary>
public sealed class IdentityGrain : TableGrain
{
    /// <summary>Buckets the identifiers are spread over.</summary>
    public const int Buckets = 256;

    private const byte Format = 1;
    private const byte LinkMessage = 1;
    private const byte RankedLinkMessage = 2;
    private const string MintedPrefix = "i-";
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <inheritdoc/>
    public override GrainKind Kind => GrainKind.Identity;

    /// <summary>The bucket of an identifier.</summary>
    public static GrainKey KeyOf(Identifier identifier) => new(
        GrainKind.Identity,
        (identifier.Hash % Buckets).ToString("d3", CultureInfo.InvariantCulture));

    /// <summary>The row of an identifier: name, a line feed, value.</summary>
    public static string RowOf(Identifier identifier) => $"{identifier.Name}\n{identifier.Value}";

    /// <summary>
    /// The id of a customer first met by this identifier: the same however often and wherever it is minted, so that
    /// two first events at once meet in one twin.
    /// </summary>
    public static string MintId(Identifier identifier) => MintId(identifier, 0, 1);

    /// <summary>
    /// The id of the customer of events that have nothing but an identifier that is shared. Another than
    /// <see cref="MintId(Identifier)"/>, which may have moved to someone before the identifier was.
    /// </summary>
    public static string MintSharedId(Identifier identifier) => MintId(identifier, 2, 3);

    /// <summary>Whether an id has the form of minted ones, so that it does not say who someone is.</summary>
    public static bool IsMinted(string customer) =>
        customer.Length == MintedPrefix.Length + 32 && customer.StartsWith(MintedPrefix, StringComparison.Ordinal)
        && !customer.AsSpan(MintedPrefix.Length).ContainsAnyExcept(HexDigits);

    /// <inheritdoc/>
    public override void EncodeMessage(GrainMessage message, IBufferWriter<byte> output)
    {
        if (message is not IdentityMessage.Link link)
            throw new ArgumentException($"{message.GetType().Name} does not travel as an effect.", nameof(message));
        Envelope.BeginPlain(output);
        var writer = new BinaryFormWriter(output);
        writer.Byte(Format);
        writer.Byte(RankedLinkMessage);
        writer.Text(link.Identifier.Name);
        writer.Text(link.Identifier.Value);
        writer.Text(link.Customer);
        writer.Signed(link.Rank);
    }

    /// <inheritdoc/>
    public override GrainMessage DecodeMessage(ReadOnlySpan<byte> stored)
    {
        var reader = new BinaryFormReader(Envelope.Open(stored));
        var format = reader.Byte();
        var kind = reader.Byte();
        if (format != Format || kind is not (LinkMessage or RankedLinkMessage))
            throw new InvalidDataException("Not an identity message of a format this build knows.");
        var identifier = new Identifier(reader.Text(), reader.Text());
        var customer = reader.Text();
        var rank = kind == RankedLinkMessage ? (int)reader.Signed()
            : IsMinted(customer) ? 0
            : IdentityMessage.Link.Named;
        return new IdentityMessage.Link(identifier, customer, rank);
    }

    /// <inheritdoc/>
    public override bool Concerns(GrainRow row, DataSubject subject)
    {
        foreach (var claim in IdentityRow.Read(row.Value.Span).Claims)
        {
            if (subject.Is(claim.Customer)) return true;
        }
        return false;
    }

    /// <inheritdoc/>
    /// <remarks>A row names its claimants in UTF-8.</remarks>
    public override IReadOnlyList<byte[]> TracesOf(DataSubject subject) =>
        [.. subject.Customers.Select(Encoding.UTF8.GetBytes)];

    /// <inheritdoc/>
    public override TurnResult Handle(GrainMessage message, Turn turn)
    {
        if (message is GrainMessage.RemoveRows removal) return Remove(removal, turn);
        return message is IdentityMessage.Link link
            ? Link(link, ShapeOf(link.Identifier.Name, turn.Plan), turn)
            : new TurnResult.Outcome(Reply.Done.Instance) { Changed = false };
    }

    private static TurnResult.Outcome Link(IdentityMessage.Link link, IdentifierShape identifier, Turn turn)
    {
        var name = RowOf(link.Identifier);
        var row = turn.Rows.Find(name) is { } found ? IdentityRow.Read(found.Span) : IdentityRow.None;
        var isKnown = link.Rank > identifier.Priority;
        var before = row.IndexOf(link.Customer);
        if (row.HasForgotten || (before >= 0 && (row.Claims[before].IsKnown || !isKnown)))
            return new TurnResult.Outcome(Reply.Done.Instance) { Changed = false };
        List<IdentityClaim> claims = [.. row.Claims];
        if (before >= 0) claims[before] = new IdentityClaim(link.Customer, isKnown);
        else claims.Add(new IdentityClaim(link.Customer, isKnown));
        row = new IdentityRow(claims) { IsOverrun = row.IsOverrun };
        List<Effect> effects = [];
        if (identifier.Merges && !row.IsContested(identifier) && row.FirstKnown is { } known)
        {
            // Whoever is known by nothing stronger is the known one; who has become known by now says so and stays.
            foreach (var anonymous in claims.Where(claim => !claim.IsKnown))
            {
                var message = new CustomerMessage.BecomeKnown(known, link.Identifier);
                effects.Add(new Effect.Send(
                    ++turn.State.EffectSequence, GrainKey.Customer(anonymous.Customer), message));
            }
            claims.RemoveAll(static claim => !claim.IsKnown);
        }
        if (claims.Count > IdentityRow.MaxClaims) row = new IdentityRow([]) { IsOverrun = true };
        turn.State.Version++;
        return new TurnResult.Outcome(Reply.Done.Instance)
        {
            Rows = [new RowChange(name, row.Write())],
            Effects = effects,
        };
    }

    /// <summary>
    /// Takes erased customers out of rows. What others have shown too leads to them as before, and what was shared
    /// stays so: that it leads to one of them alone it has never said.
    /// </summary>
    private static TurnResult.Outcome Remove(GrainMessage.RemoveRows message, Turn turn)
    {
        var rows = new List<RowChange>(message.Rows.Count);
        foreach (var name in message.Rows)
        {
            if (turn.Rows.Find(name) is not { } found) continue;
            var row = IdentityRow.Read(found.Span);
            var left = row.Claims.Where(claim => !message.Customers.Contains(claim.Customer, StringComparer.Ordinal))
                .ToList();
            var isAll = message.Customers.Count == 0 || (left.Count == 0 && !row.HasForgotten);
            var isShared = row.IsContested(
                ShapeOf(name[..name.IndexOf('\n', StringComparison.Ordinal)], turn.Plan));
            var changed = new IdentityRow(left) { IsOverrun = isShared };
            rows.Add(new RowChange(name, isAll ? default(ReadOnlyMemory<byte>?) : changed.Write()));
        }
        if (rows.Count == 0) return new TurnResult.Outcome(Reply.Done.Instance) { Changed = false };
        turn.State.Version++;
        return new TurnResult.Outcome(Reply.Done.Instance) { Rows = rows };
    }

    /// <summary>What the definition in force says of an identifier; one that it has no more merges nobody.</summary>
    private static IdentifierShape ShapeOf(string name, TwinPlan plan)
    {
        var slot = plan.Events.IdentifierSlot(name);
        return slot >= 0
            ? plan.Events.Identifiers[slot]
            : new IdentifierShape(new IdentifierDefinition(name, 0, default) { Merge = IdentifierMerge.Never });
    }

    private static string MintId(Identifier identifier, ulong first, ulong second) => string.Create(
        CultureInfo.InvariantCulture,
        $"{MintedPrefix}{identifier.HashWith(first):x16}{identifier.HashWith(second):x16}");
}
