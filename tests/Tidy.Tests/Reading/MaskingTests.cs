namespace DToC.Tidy.Reading;

public sealed class MaskingTests
{
    [Theory]
    [InlineData("a // b { }", "a         ", "  // b { }")]
    [InlineData("a /* { */ b", "a         b", "  /* { */  ")]
    [InlineData("f(\"{ // \");", "f(      \");", "")]
    [InlineData("f(\"\\\"{\");", "f(    \");", "          ")]
    [InlineData("f(@\"\\\", \"\");", "f(   \",  \");", "")]
    [InlineData("'{' + '\\''", "    +     ", "          ")]
    [InlineData("$\"{{ {a.B} }\"", "      a.B   \"", "")]
    [InlineData("#if X {", "       ", "       ")]
    public void Code_and_comments_are_told_apart(string text, string code, string comments)
    {
        var masking = Masking.Of(text);
        Assert.Equal(text.Length, masking.Code.Length);
        Assert.Equal(code.TrimEnd(), masking.Code.TrimEnd());
        Assert.Equal(comments.TrimEnd(), masking.Comments.TrimEnd());
    }

    [Fact]
    public void Raw_strings_lose_their_text_and_keep_their_holes()
    {
        var text = "var x = $$\"\"\"\n { \"a\" // {{value}} }\n \"\"\"; y";
        Assert.Equal(["var", "x", "=", "value", "\";", "y"],
            Masking.Of(text).Code.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Strings_inside_holes_are_masked_too()
    {
        var code = Masking.Of("f($\"{(a ? \"x}\" : $\"{b}\")}{c}\");").Code;
        Assert.Equal("f((a?\":b\")c\");", code.Replace(" ", ""));
    }

    [Fact]
    public void Every_source_keeps_its_braces_in_balance() => Findings.None(
        "The masking lost its way",
        from path in Repository.Sources("")
        let code = Masking.Of(Repository.Read(path)).Code
        where code.Count(c => c == '{') != code.Count(c => c == '}')
            || code.Count(c => c == '(') != code.Count(c => c == ')')
        select path);
}
