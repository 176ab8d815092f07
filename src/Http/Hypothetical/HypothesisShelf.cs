using System.Security.Cryptography;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Http.Hypothetical;

/// <summary>
/// Hypotheses until they expire, in memory alone: a restart forgets them. Bounded in number and bytes.
/// </summary>
internal sealed class HypothesisShelf(HttpOptions options, ITwinHost host, TimeProvider time)
{
    // A control group of nearly everybody leaves one in it; the decision then says so.
    private const int MostDraws = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, KeptHypothesis> _kept = new(StringComparer.Ordinal);
    private long _bytes;

    private Instant Now => Instant.From(time.GetUtcNow());

    /// <summary>An id for a new one. Somebody made up is not in the control group.</summary>
    public static string NewId(TwinPlan plan)
    {
        for (var draw = 1; ; draw++)
        {
            var digits = RandomNumberGenerator.GetHexString(HypotheticalId.Digits, lowercase: true);
            var id = HypotheticalId.Prefix + digits;
            if (draw == MostDraws || !Decider.IsHeldOut(plan, id)) return id;
        }
    }

    /// <summary>Keeps one; which limit it hits, in words, or null.</summary>
    public string? Add(KeptHypothesis hypothesis)
    {
        lock (_lock)
        {
            LetExpiredGo();
            if (_kept.Count >= options.MaxHypotheticalTwins)
                return $"There are {_kept.Count} hypothetical twins, which is the most.";
            if (_kept.Values.Count(kept => kept.KeyId == hypothesis.KeyId) >= options.MaxHypotheticalTwinsPerKey)
                return $"This key has {options.MaxHypotheticalTwinsPerKey} hypothetical twins; delete one.";
            if (Over(hypothesis.Bytes) is { } over) return over;
            Put(hypothesis);
        }
        // Erased while it was being made: it may have come behind the erasure's own look.
        if (hypothesis.Customer is { } customer && host.IsErased(GrainKey.Customer(customer))) Remove(hypothesis.Id);
        return null;
    }

    /// <summary>Puts one in the place of what it was; which limit it hits, in words, or null.</summary>
    /// <param name="old">As it was found.</param>
    /// <param name="hypothesis">As it is to be.</param>
    /// <param name="isDone">False when it has changed or gone since it was found.</param>
    public string? Replace(KeptHypothesis old, KeptHypothesis hypothesis, out bool isDone)
    {
        lock (_lock)
        {
            isDone = ReferenceEquals(_kept.GetValueOrDefault(old.Id), old);
            if (!isDone) return null;
            if (Over(hypothesis.Bytes - old.Bytes) is { } over) return over;
            _bytes -= old.Bytes;
            Put(hypothesis);
            return null;
        }
    }

    /// <summary>One that has not expired, or null.</summary>
    public KeptHypothesis? Find(string id)
    {
        lock (_lock)
        {
            LetExpiredGo();
            return _kept.GetValueOrDefault(id);
        }
    }

    /// <summary>Those that a key has made, the newest first.</summary>
    public IReadOnlyList<KeptHypothesis> Of(string keyId)
    {
        lock (_lock)
        {
            LetExpiredGo();
            return
            [
                .. _kept.Values.Where(kept => kept.KeyId == keyId)
                    .OrderByDescending(kept => kept.Assumed.MadeAt.UnixMs),
            ];
        }
    }

    /// <summary>Lets one go; false when it is not there.</summary>
    public bool Remove(string id)
    {
        lock (_lock)
        {
            if (!_kept.Remove(id, out var gone)) return false;
            _bytes -= gone.Bytes;
            return true;
        }
    }

    /// <summary>Lets those go that were made of a subject that is erased.</summary>
    public void Forget(DataSubject subject)
    {
        lock (_lock)
        {
            foreach (var kept in _kept.Values.Where(kept => subject.Is(kept.Customer)).ToList()) Remove(kept.Id);
        }
    }

    private void Put(KeptHypothesis hypothesis)
    {
        _kept[hypothesis.Id] = hypothesis;
        _bytes += hypothesis.Bytes;
    }

    private string? Over(long more) => _bytes + more <= options.MaxHypotheticalBytes
        ? null
        : $"Hypothetical twins take all of the {options.MaxHypotheticalBytes / (1024 * 1024)} MiB they may.";

    private void LetExpiredGo()
    {
        var now = Now;
        foreach (var kept in _kept.Values.Where(kept => kept.ExpiresAt <= now).ToList()) Remove(kept.Id);
    }
}
