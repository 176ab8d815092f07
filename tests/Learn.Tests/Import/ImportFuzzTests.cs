using System.Diagnostics;
using DToC.Learn.Import;
using DToC.Published;
using DToC.Twin.Draws;
using Xunit.Abstractions;

namespace DToC.Learn.Tests.Import;

/// <summary>Damaged files either make a model that scores, or are refused with a message; nothing else.</summary>
public class ImportFuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 60;

    [DataFact]
    public void Damaged_files_are_read_or_refused()
    {
        const ulong seed = 505;
        output.WriteLine($"seed {seed}");
        var random = new Xoshiro256(seed);
        var (read, refused) = (0, 0);
        foreach (var (name, bytes) in Files())
        {
            var watch = Stopwatch.StartNew();
            for (var round = 0; round < Rounds; round++)
            {
                if (IsRead(Damaged(bytes, random), name)) read++;
                else refused++;
            }
            output.WriteLine($"{name}: {watch.ElapsedMilliseconds} ms");
        }
        output.WriteLine($"{read} read, {refused} refused");
        Assert.True(read > 0 && refused > 0);
    }

    [DataFact]
    public void Cut_files_are_refused()
    {
        foreach (var (name, bytes) in Files())
        {
            // What stands behind the trees is not needed.
            var end = bytes.AsSpan().IndexOf("end of trees"u8);
            var needed = end >= 0 ? end : bytes.Length / 2;
            for (var part = 1; part < 10; part++) Assert.False(IsRead(bytes[..(needed * part / 10)], name), name);
        }
    }

    private static bool IsRead(byte[] bytes, string name)
    {
        try
        {
            var model = ModelImport.Read(bytes, new ImportOptions { Output = 0 }).Model;
            var score = model.Score(new double[model.Inputs.Count]);
            Assert.False(double.IsInfinity(score), $"{name}: {score}");
            return true;
        }
        catch (InvalidDataException refusal)
        {
            Assert.NotEmpty(refusal.Message);
            return false;
        }
    }

    private static byte[] Damaged(byte[] bytes, Xoshiro256 random)
    {
        var damaged = bytes.ToArray();
        for (var hits = 1 + Below(4); hits > 0; hits--)
        {
            // Half of the hits are in the first bytes, where counts and names are.
            var at = Below(2) == 0 ? Below(Math.Min(damaged.Length, 600)) : Below(damaged.Length);
            switch (Below(4))
            {
                case 0:
                    damaged[at] ^= (byte)(1 << Below(8));
                    break;
                case 1:
                    damaged[at] = (byte)Below(256);
                    break;
                case 2:
                    damaged = [.. damaged[..at], .. damaged[Math.Min(damaged.Length, at + 1 + Below(16))..]];
                    break;
                default:
                    var again = damaged.Skip(Below(damaged.Length)).Take(8);
                    damaged = [.. damaged[..at], .. again, .. damaged[at..]];
                    break;
            }
        }
        return damaged;

        int Below(int count) => (int)(random.NextUnit() * count);
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Files()
    {
        string[] names =
        [
            "model_simple.txt", "lg_1tree.json", "lg_rf_iris.model", "lg_dart_breast_cancer.json",
            "lg_dart_breast_cancer.model", "xgagaricus.model", "xg_dart_agaricus.model", "xgblin_agaricus.model",
            "xgdermatology.model", "genlin_fmtp_gamma_AvgClaimAmount.model",
        ];
        foreach (var name in names)
        {
            var bytes = File.ReadAllBytes(DataFactAttribute.Folder.File($"tree_models/{name}"));
            yield return (name, bytes);
            if (!name.StartsWith("xg", StringComparison.Ordinal)) continue;
            yield return (name + " as JSON", LegacyXgBoost.Read(bytes).ToJson());
            yield return (name + " as UBJ", LegacyXgBoost.Read(bytes).ToUbj());
        }
        yield return ("ONNX", OnnxTests.TreeEnsembleFive(OnnxTests.Golden()));
    }
}
