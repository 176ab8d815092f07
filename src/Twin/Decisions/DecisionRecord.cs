using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Decisions;

/// <summary>A decision with all it rested on. Its stored form is versioned.</summary>
public sealed class DecisionRecord
{
    private const byte Format = 2;

    // Of the customer as such: the first builds had no other.
    private const byte FormatWithoutPersona = 1;

    /// <summary>Names the decision to everyone: 16 hexadecimal digits, stable under retries.</summary>
    public required string Id { get; init; }

    /// <summary>Whose decision; of a pseudonymous persona its pseudonym.</summary>
    public required string Customer { get; init; }

    /// <summary>Name of the persona it is for; null for the customer as such.</summary>
    public string? Persona { get; init; }

    /// <summary>Content hash of the definition and models it was made under.</summary>
    public required ulong PlanHash { get; init; }

    /// <summary>The turn's seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>All the choice rested on.</summary>
    public required DecisionInputs Inputs { get; init; }

    /// <summary>Every candidate, weighed.</summary>
    public required Candidate[] Candidates { get; init; }

    /// <summary>Index of the winner in <see cref="Candidates"/>, or <see cref="Decider.NoWinner"/>.</summary>
    public required int Winner { get; init; }

    /// <summary>Probability with which the winner was drawn; 1, since the highest rank always wins today.</summary>
    public double AssignmentProbability { get; init; } = 1;

    /// <summary>The id of a customer's n-th effect, as a decision id.</summary>
    public static string IdOf(string customer, long sequence) =>
        StableHash.Of(customer, unchecked((ulong)sequence)).ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Why there is no winner; <see cref="Rejection.None"/> when there is one.</summary>
    public Rejection Outcome => OutcomeOf(Candidates, Winner);

    /// <summary>
    /// Why there is no winner among weighed candidates; <see cref="Rejection.None"/> when there is one.
    /// </summary>
    public static Rejection OutcomeOf(ReadOnlySpan<Candidate> candidates, int winner)
    {
        if (winner != Decider.NoWinner) return Rejection.None;
        if (candidates.IsEmpty) return Rejection.NoCandidate;
        // The reason nearest to a choice: the one that got furthest through the checks.
        var furthest = Rejection.NotEligible;
        foreach (ref readonly var candidate in candidates)
        {
            if (candidate.Rejection > furthest) furthest = candidate.Rejection;
        }
        return furthest;
    }

    /// <summary>Decides again from the recorded inputs: bit for bit the same under the recorded plan.</summary>
    /// <exception cref="ArgumentException">Another plan than the recorded one.</exception>
    public DecisionRecord Rebuild(TwinPlan plan)
    {
        if (plan.Hash != PlanHash)
        {
            throw new ArgumentException(
                $"The decision was made under definition {PlanHash:x16}, not {plan.Hash:x16}.", nameof(plan));
        }
        var candidates = new Candidate[plan.Decisions.Candidates[Inputs.Trigger].Length];
        var (_, winner) = Decider.Decide(plan, Inputs, candidates);
        return new DecisionRecord
        {
            Id = Id,
            Customer = Customer,
            Persona = Persona,
            PlanHash = PlanHash,
            Seed = Seed,
            Inputs = Inputs,
            Candidates = candidates,
            Winner = winner,
            AssignmentProbability = AssignmentProbability,
        };
    }

    /// <summary>Writes the stored form, without envelope.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new BinaryFormWriter(output);
        writer.Byte(Persona is null ? FormatWithoutPersona : Format);
        writer.Text(Id);
        writer.Text(Customer);
        if (Persona is not null) writer.Text(Persona);
        writer.Fixed(PlanHash);
        writer.Fixed(Seed);
        writer.Signed(Inputs.Now.UnixMs);
        writer.Unsigned((ulong)Inputs.Trigger);
        WriteVector(writer, MemoryMarshal.Cast<double, ulong>(Inputs.Numbers.Span));
        WriteVector(writer, Inputs.Texts.Span);
        WriteVector(writer, Inputs.Lawful.Span);
        writer.Unsigned((ulong)Inputs.Contacts.Length);
        foreach (ref readonly var contact in Inputs.Contacts.Span) StateCodec.WriteContact(writer, contact);
        writer.Byte(Inputs.Holdout ? (byte)1 : (byte)0);
        writer.Unsigned((ulong)Candidates.Length);
        foreach (var candidate in Candidates)
        {
            writer.Unsigned((ulong)candidate.Offer);
            writer.Byte((byte)candidate.Rejection);
            if (double.IsNaN(candidate.Rank) && candidate.Rejection != Rejection.NoRank) continue;
            writer.Real(candidate.Propensity);
            writer.Real(candidate.Context);
            writer.Real(candidate.Value);
            writer.Real(candidate.Rank);
        }
        writer.Signed(Winner);
        writer.Real(AssignmentProbability);
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a decision of a format this build knows.</exception>
    public static DecisionRecord Read(ReadOnlySpan<byte> stored)
    {
        var reader = new BinaryFormReader(stored);
        var format = reader.Byte();
        if (format is not (FormatWithoutPersona or Format))
            throw new InvalidDataException(
                $"Decision format {format} is not known; this build knows {FormatWithoutPersona} and {Format}.");
        var record = new DecisionRecord
        {
            Id = reader.Text(),
            Customer = reader.Text(),
            Persona = format == FormatWithoutPersona ? null : reader.Text(),
            PlanHash = reader.Fixed(),
            Seed = reader.Fixed(),
            Inputs = new DecisionInputs
            {
                Now = new Instant(reader.Signed()),
                Trigger = reader.Count(64),
                Numbers = MemoryMarshal.Cast<ulong, double>(ReadVector(ref reader)).ToArray(),
                Texts = ReadVector(ref reader),
                Lawful = ReadVector(ref reader),
                Contacts = ReadContacts(ref reader),
                Holdout = reader.Byte() == 1,
            },
            Candidates = ReadCandidates(ref reader),
            Winner = (int)reader.Signed(),
            AssignmentProbability = reader.Real(),
        };
        reader.End();
        if (record.Winner is < Decider.NoWinner || record.Winner >= record.Candidates.Length)
        {
            throw new InvalidDataException($"Winner {record.Winner} is none of {record.Candidates.Length} candidates.");
        }
        return record;
    }

    private static void WriteVector(BinaryFormWriter writer, ReadOnlySpan<ulong> values)
    {
        writer.Unsigned((ulong)values.Length);
        writer.Sparse(MemoryMarshal.AsBytes(values));
    }

    private static ulong[] ReadVector(ref BinaryFormReader reader)
    {
        var values = new ulong[reader.Count(65_536)];
        reader.Sparse(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static Contact[] ReadContacts(ref BinaryFormReader reader)
    {
        var contacts = new Contact[reader.Count(CustomerState.MaxContacts)];
        for (var i = 0; i < contacts.Length; i++) contacts[i] = StateCodec.ReadContact(ref reader);
        return contacts;
    }

    private static Candidate[] ReadCandidates(ref BinaryFormReader reader)
    {
        var candidates = new Candidate[reader.Count(65_536)];
        for (var i = 0; i < candidates.Length; i++)
        {
            var offer = reader.Count(65_536);
            var rejection = (Rejection)reader.Choice(Rejections.Count - 1);
            candidates[i] = rejection is Rejection.None or Rejection.NoRank or Rejection.Outranked or Rejection.Holdout
                ? new Candidate(offer, rejection, reader.Real(), reader.Real(), reader.Real(), reader.Real())
                : new Candidate(offer, rejection, double.NaN, double.NaN, double.NaN, double.NaN);
        }
        return candidates;
    }
}
