using System.Text;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using DToC.Twin.Tests.Predictions;
using DToC.Twin.Tests.State;

namespace DToC.Twin.Tests.Plan;

public class PlanSourceTests
{
    private static readonly byte[] File = Encoding.UTF8.GetBytes("{ \"name\": \"shop\" }");

    [Fact]
    public void Without_fitted_models_it_is_the_file()
    {
        var source = PlanSource.Read(File);
        Assert.Equal(File, source.Bytes.ToArray());
        Assert.Equal(File, source.With("churn", new byte[] { 1 }).Without("churn").Bytes.ToArray());
    }

    [Fact]
    public void Fitted_models_read_back_whatever_the_order_they_came_in()
    {
        var one = PlanSource.Read(File).With("a", new byte[] { 1 }).With("b", new byte[] { 2, 3 });
        var other = PlanSource.Read(File).With("b", new byte[] { 2, 3 }).With("a", new byte[] { 1 });
        Assert.Equal(one.Bytes.ToArray(), other.Bytes.ToArray());
        var read = PlanSource.Read(one.Bytes);
        Assert.Equal(File, read.Definition.ToArray());
        Assert.Equal(["a", "b"], read.Models.Keys);
        Assert.Equal([2, 3], read.Models["b"].ToArray());
        Assert.Equal([4], read.With("b", new byte[] { 4 }).Models["b"].ToArray());
    }

    [Fact]
    public void Another_definition_keeps_what_it_names()
    {
        var before = Shop.Source.With("churn", new byte[] { 1 }).With("gone", new byte[] { 2 })
            .WithLexicon("words.txt", new byte[] { 3 }).WithLexicon("emoji.txt", new byte[] { 4 })
            .WithLexicon("gone.txt", new byte[] { 5 });
        var named = Shop.Plan.Definition;
        var signal = named.Events[0].Signals[0];
        var scored = named with
        {
            Events =
            [
                named.Events[0] with
                {
                    Signals = [signal with { Lexicon = new("words.txt", default), Emoji = new("emoji.txt", default) }],
                },
            ],
        };

        var kept = PlanSource.Read(File).WithLexicon("words.txt", new byte[] { 6 }).Keeping(before, scored);

        Assert.Equal(["churn"], kept.Models.Keys);
        Assert.Equal(["emoji.txt", "words.txt"], kept.Lexicons.Keys);
        Assert.Equal([6], kept.Lexicons["words.txt"].ToArray());
        Assert.Equal(File, kept.Definition.ToArray());
    }

    [Fact]
    public void Lexicons_read_back_and_without_any_the_bytes_are_as_ever()
    {
        var models = PlanSource.Read(File).With("a", new byte[] { 1 });
        var both = models.WithLexicon("words.txt", new byte[] { 7, 8 });
        var read = PlanSource.Read(both.Bytes);
        Assert.Equal(["a"], read.Models.Keys);
        Assert.Equal(["words.txt"], read.Lexicons.Keys);
        Assert.Equal([7, 8], read.Lexicons["words.txt"].ToArray());
        Assert.Equal(["words.txt"], read.Without("a").With("b", new byte[] { 2 }).Lexicons.Keys);
        Assert.Equal(models.Bytes.ToArray(), read.WithoutLexicon("words.txt").Bytes.ToArray());
        Assert.Equal("\0DToC\u0001"u8, models.Bytes.Span[..6]);
    }

    [Fact]
    public void Segments_and_seeds_read_back_and_without_any_the_bytes_are_as_ever()
    {
        var lexicons = PlanSource.Read(File).With("a", new byte[] { 1 }).WithLexicon("words.txt", new byte[] { 7, 8 });
        var all = lexicons.WithSegment("big", new byte[] { 2 }).WithSeed("big", new byte[] { 3 })
            .WithSeed("own", new byte[] { 4 });
        var read = PlanSource.Read(all.Bytes);
        Assert.Equal(("big", 2), (Assert.Single(read.Segments).Key, read.Segments["big"].Span[0]));
        Assert.Equal(["big", "own"], read.Seeds.Keys);
        Assert.Equal([7, 8], read.Lexicons["words.txt"].ToArray());
        Assert.Equal(["own"], read.WithoutSegment("big").Seeds.Keys);
        Assert.Equal(lexicons.Bytes.ToArray(), read.WithoutSegment("big").WithoutSeed("own").Bytes.ToArray());
        Assert.Equal("\0DToC\u0002"u8, lexicons.Bytes.Span[..6]);
        for (var length = 6; length < all.Bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => PlanSource.Read(all.Bytes[..length]));
    }

    [Fact]
    public void Another_definition_keeps_segments_whose_names_it_does_not_take_and_seeds_of_those_there_are()
    {
        var before = PlanSource.Read(File).WithSegment("taken", new byte[] { 1 }).WithSegment("big", new byte[] { 2 })
            .WithSeed("taken", new byte[] { 3 }).WithSeed("big", new byte[] { 4 }).WithSeed("gone", new byte[] { 5 });
        var definition = Shop.Plan.Definition with
        {
            Segments = [new SegmentDefinition("taken", default, default, default)],
        };

        var kept = PlanSource.Read(File).Keeping(before, definition);

        Assert.Equal(["big"], kept.Segments.Keys);
        Assert.Equal(["big", "taken"], kept.Seeds.Keys);
    }

    [Fact]
    public void Segments_are_bounded_together_with_those_of_the_definition()
    {
        var source = PlanSource.Read(SmallTwin.Plan.Source.Bytes);
        for (var i = 0; i < DefinitionLimits.Segments; i++)
        {
            source = source.WithSegment(
                $"s{i}", Encoding.UTF8.GetBytes($$"""{"name":"s{{i}}","purpose":"service","rule":"orders > {{i}}"}"""));
        }
        Assert.IsType<PlanCompilation.Compiled>(TwinPlan.Load(source, "small.jsonc"));
        Assert.Throws<InvalidDataException>(() => source.WithSegment("more", new byte[1]));
        Assert.Throws<InvalidDataException>(() => source.WithSegment("s0", new byte[PlanSource.MaxSegmentBytes]));
        var own = SmallTwin.Definition.Replace(
            "\"triggers\": {",
            "\"segments\": { \"own\": { \"purpose\": \"service\", \"rule\": \"orders > 1\" } }, \"triggers\": {",
            StringComparison.Ordinal);
        var invalid = Assert.IsType<PlanCompilation.Invalid>(
            TwinPlan.Load(PlanSource.OfFile(Encoding.UTF8.GetBytes(own)), "small.jsonc", source));
        Assert.Contains("There would be 257 segments", Assert.Single(invalid.Errors).ToString());
    }

    [Fact]
    public void Form_of_a_later_build_is_refused()
    {
        var later = PlanSource.Read(File).With("a", new byte[] { 1 }).Bytes.ToArray();
        later[5] = 9;
        Assert.Contains("form 9", Assert.Throws<InvalidDataException>(() => PlanSource.Read(later)).Message);
    }

    [Fact]
    public void Lexicons_have_limits_together()
    {
        var full = PlanSource.Read(File).WithLexicon("large.txt", new byte[PlanSource.MaxLexiconBytes]);
        Assert.Throws<InvalidDataException>(() => full.WithLexicon("more.txt", new byte[1]));
        Assert.Equal([1], full.WithLexicon("large.txt", new byte[] { 1 }).Lexicons["large.txt"].ToArray());
        var many = PlanSource.Read(File);
        for (var i = 0; i < DefinitionLimits.Lexicons; i++) many = many.WithLexicon($"{i}.txt", new byte[1]);
        Assert.Contains(
            "at most 16", Assert.Throws<InvalidDataException>(() => many.WithLexicon("x.txt", new byte[1])).Message);
    }

    [Fact]
    public void Cut_bytes_are_refused()
    {
        var whole = PlanSource.Read(File).With("a", new byte[] { 1, 2, 3 }).WithLexicon("l", new byte[] { 4, 5 }).Bytes;
        for (var length = 6; length < whole.Length; length++)
            Assert.Throws<InvalidDataException>(() => PlanSource.Read(whole[..length]));
        var invalid = Assert.IsType<PlanCompilation.Invalid>(TwinPlan.Load(whole[..10], "shop.jsonc"));
        Assert.Contains("shop.jsonc(1,1)", Assert.Single(invalid.Errors).ToString());
    }

    [Fact]
    public void Models_have_a_limit_together()
    {
        var source = PlanSource.Read(File).With("large", new byte[PlanSource.MaxModelBytes]);
        Assert.Throws<InvalidDataException>(() => source.With("one more", new byte[1]));
    }
}
