using System.Text;
using DToC.Twin.Definitions;
using Xunit.Abstractions;

namespace DToC.Twin.Tests.Definitions;

public class DefinitionFuzzTests(ITestOutputHelper output)
{
    private const int Mutations = 5_000;
    private const int Seed = 20_250_301;

    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\n", "//", "/*", "*/", "null", "true", "-1", "1e999", "0.5",
            "\"kind\"", "\"x\": 1,", "{},", "[],", "\\ud800", "ä", "😀", "\r\n", "\0",
        }.Select(Encoding.UTF8.GetBytes),
        [0xC3], [0xFF], [0xEF, 0xBB, 0xBF],
    ];

    [Fact]
    public void Mutated_files_never_throw_and_every_error_lies_inside_the_file()
    {
        output.WriteLine($"seed {Seed}");
        var right = DefinitionFiles.Bytes("retail");
        var random = new Random(Seed);
        var (wrong, malformed) = (0, 0);
        for (var i = 0; i < Mutations; i++)
        {
            var bytes = Mutate(right, random);
            if (DefinitionReader.Read(bytes, "retail.jsonc") is not DefinitionReading.Invalid invalid)
                continue;
            wrong++;
            Assert.InRange(invalid.Errors.Count, 1, DefinitionLimits.Errors);
            malformed += invalid.Errors[0].Message.StartsWith("malformed", StringComparison.Ordinal) ? 1 : 0;
            var lines = Encoding.UTF8.GetString(bytes).Split('\n');
            foreach (var error in invalid.Errors)
                AssertInside(error, lines, i);
        }

        output.WriteLine($"{wrong} of {Mutations} refused, {malformed} of them malformed");
        Assert.InRange(wrong, Mutations / 2, Mutations);
        Assert.InRange(malformed, Mutations / 10, wrong - (Mutations / 10));
    }

    private static void AssertInside(DefinitionError error, string[] lines, int mutation)
    {
        var (line, column) = error.At;
        Assert.True(line >= 1 && line <= lines.Length && column >= 1 && column <= lines[line - 1].Length + 1,
            $"mutation {mutation}: {error} lies outside the file");
        Assert.False(string.IsNullOrWhiteSpace(error.Path) || string.IsNullOrWhiteSpace(error.Remedy), $"{error}");
    }

    // One to three edits: a piece put in, a stretch cut out, doubled, or a byte changed.
    private static byte[] Mutate(byte[] right, Random random)
    {
        var bytes = right.ToList();
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 30), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0:
                    bytes.InsertRange(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes[at] = (byte)random.Next(256);
                    break;
                default:
                    bytes[at] = (byte)random.Next('0', 'z');
                    break;
            }
        }

        return [.. bytes];
    }
}
