using System.Buffers.Binary;
using System.Text.Json;
using DToC.Embedded.Storage;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Vaults;

/// <content>Who was let in again.</content>
internal sealed partial class ErasureLedger
{
    /// <summary>How those of an erasure were let in again; null when not, or when there is no such erasure.</summary>
    public Readmission? FindReadmission(string token) => _vault.Use(database =>
        Find(database, token) is { } found ? _readmissions.GetValueOrDefault(found.Seq) : null);

    /// <summary>Lets those of an erasure in again: durable when this returns.</summary>
    /// <param name="token">The erasure's.</param>
    /// <param name="since">What happened before is not taken; null for now.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="now">When.</param>
    /// <param name="sign">Adds key and signature.</param>
    /// <exception cref="StoreException">Nothing was done.</exception>
    public ReadmissionAnswer Readmit(
        string token, Instant? since, string by, Instant now, Func<Readmission, Readmission> sign)
    {
        ReadmissionAnswer answer = ReadmissionAnswer.NoSuchErasure.Instance;
        List<(UInt128 Hash, Standing Standing)> changed = [];
        var seq = 0L;
        try
        {
            _vault.Write(database =>
            {
                if (Find(database, token) is not { } erasure) return;
                answer = Judge(erasure, since, now);
                if (answer is not ReadmissionAnswer.Readmitted { Readmission: var begun }) return;
                if (_readmissions.ContainsKey(erasure.Seq)) return;
                var done = sign(begun with { By = by });
                answer = new ReadmissionAnswer.Readmitted(done);
                using var set = new Statement(database.Handle, "UPDATE erasure SET readmission=? WHERE seq=?");
                set.Bind(1, Kept.Bytes(done)).Bind(2, erasure.Seq).Run();
                (seq, _readmissions[erasure.Seq]) = (erasure.Seq, done);
                changed = StandingsOf(database, erasure.Seq);
            });
        }
        catch
        {
            _readmissions.TryRemove(seq, out _);
            throw;
        }
        foreach (var (hash, standing) in changed) _erased[hash] = standing;
        return answer;
    }

    /// <summary>What it comes to; without who asks, and not signed, when it is to be done.</summary>
    private ReadmissionAnswer Judge(in FoundErasure erasure, Instant? since, Instant now)
    {
        if (_readmissions.TryGetValue(erasure.Seq, out var before)) return new ReadmissionAnswer.Readmitted(before);
        if (!erasure.IsCompleted) return ReadmissionAnswer.UnderWay.Instance;
        var (earliest, latest) = (erasure.Begun, Instant.Max(now, erasure.Begun));
        if (since < earliest || since > latest) return new ReadmissionAnswer.OutOfRange(earliest, latest);
        // Later than each before, whatever the clock says: what is numbered from there on is numbered anew.
        var at = latest;
        foreach (var (_, other) in _readmissions) at = Instant.Max(at, other.At.PlusMs(1));
        return new ReadmissionAnswer.Readmitted(new Readmission
        {
            Token = erasure.Token,
            At = at,
            Since = since ?? latest,
            By = "",
            PublicKey = "",
        });
    }

    /// <summary>The erasure with a token, or the one that it repeats.</summary>
    private static FoundErasure? Find(Database vault, string token)
    {
        using var find = new Statement(vault.Handle, """
            SELECT seq, token, begun, subject IS NULL FROM erasure
            WHERE seq=(SELECT coalesce(again_of, seq) FROM erasure WHERE token=?)
            """);
        return find.BindText(1, token).Step()
            ? new FoundErasure(find.Int64(0), find.Text(1), new Instant(find.Int64(2)), find.Int64(3) != 0) : null;
    }

    /// <summary>How all hashes of an erasure stand now.</summary>
    private List<(UInt128 Hash, Standing Standing)> StandingsOf(Database vault, long seq)
    {
        using var rows = new Statement(vault.Handle, """
            SELECT hash, seq FROM erased WHERE hash IN (SELECT hash FROM erased WHERE seq=?)
            """);
        rows.Bind(1, seq);
        Dictionary<UInt128, Standing> standings = [];
        while (rows.Step())
        {
            var hash = BinaryPrimitives.ReadUInt128LittleEndian(rows.Blob(0));
            standings[hash] = With(standings.GetValueOrDefault(hash), rows.Int64(1));
        }
        return [.. standings.Select(pair => (pair.Key, pair.Value))];
    }

    /// <summary>A standing with one erasure more.</summary>
    private Standing With(Standing standing, long seq)
    {
        if (!_readmissions.TryGetValue(seq, out var readmission))
            return standing with { Closed = Math.Max(standing.Closed, seq) };
        // Of several the last one: no number was used after it, and none of its time is older.
        var isLater = standing.Again == 0 || readmission.At > _readmissions[standing.Again].At;
        return isLater ? standing with { Again = seq } : standing;
    }

    private static List<(long Seq, Readmission Readmission)> ReadReadmissions(Database database)
    {
        using var rows = new Statement(
            database.Handle, "SELECT seq, token, readmission FROM erasure WHERE readmission IS NOT NULL");
        List<(long, Readmission)> all = [];
        while (rows.Step()) all.Add((rows.Int64(0), Kept.Read(rows.Text(1), rows.Blob(2))));
        return all;
    }

    private readonly record struct FoundErasure(long Seq, string Token, Instant Begun, bool IsCompleted);

    /// <summary>What the vault keeps of a readmission.</summary>
    private sealed record Kept(long AtMs, long SinceMs, string By, string PublicKey, string Signature)
    {
        public static byte[] Bytes(Readmission done) => JsonSerializer.SerializeToUtf8Bytes(
            new Kept(done.At.UnixMs, done.Since.UnixMs, done.By, done.PublicKey, done.Signature));

        public static Readmission Read(string token, ReadOnlySpan<byte> bytes)
        {
            var kept = JsonSerializer.Deserialize<Kept>(bytes)!; // written as one
            return new Readmission
            {
                Token = token,
                At = new Instant(kept.AtMs),
                Since = new Instant(kept.SinceMs),
                By = kept.By,
                PublicKey = kept.PublicKey,
                Signature = kept.Signature,
            };
        }
    }
}
