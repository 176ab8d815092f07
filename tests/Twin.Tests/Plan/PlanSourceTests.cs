using System.Text;
using DToC.Twin.Plan;

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
        var both = PlanSource.Read(File).With("a", new byte[] { 1 }).With("b", new byte[] { 2 });
        Assert.Equal(["b"], both.WithDefinition("{}"u8.ToArray(), name => name == "b").Models.Keys);
    }

    [Fact]
    public void Cut_bytes_are_refused()
    {
        var whole = PlanSource.Read(File).With("a", new byte[] { 1, 2, 3 }).Bytes;
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
