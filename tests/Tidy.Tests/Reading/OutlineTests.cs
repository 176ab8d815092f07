namespace DToC.Tidy.Reading;

public sealed class OutlineTests
{
    [Fact]
    public void Functions_have_their_length()
    {
        const string text = """
            using System;
            namespace A;
            /// <summary>S.</summary>
            public sealed class B<T>(int c) : D, IE<T> where T : class
            {
                private readonly int[] _table =
                [
                    1,
                ];
                [Fact]
                public int F(int x = 3)
                {
                    if (x > 0) { return 1; }
                    return "}".Length;
                }
                public int P { get; init; } = 4;
                public string G(int x) => x switch
                {
                    1 => "a",
                    _ => "b",
                };
                public static B<T> operator +(B<T> a, B<T> b)
                {
                    return a;
                }
                enum K { One = 1, Two }
                record struct L(int M) : IN;
            }
            """;
        var outline = Outline.Of(text);
        Assert.Equal([("F", 11, 5), ("P", 16, 1), ("G", 17, 5), ("+", 22, 4)],
            outline.Functions.Select(f => (f.Name, f.Line, f.Lines)));
        Assert.Equal([("K", "", 26), ("L", "IN", 27), ("B", "D, IE<T>", 4)],
            outline.Types.Select(t => (t.Name, t.Bases.Trim(), t.Line)).OrderBy(t => t.Line == 4));
    }

    [Fact]
    public void A_program_without_a_type_is_one_function()
    {
        var outline = Outline.Of("using System;\n\nvar a = 1;\nif (a > 0)\n{\n    a++;\n}\nreturn a;\n\nclass B { }\n");
        Assert.Equal(new FunctionSpan("top-level program", 3, 6), Assert.Single(outline.Functions));
        Assert.Equal("B", Assert.Single(outline.Types).Name);
    }

    [Fact]
    public void Nested_types_and_namespaces_with_braces_are_entered()
    {
        var outline = Outline.Of("namespace A\n{\n class B\n {\n  interface C { int D(); }\n  void E() { }\n }\n}\n");
        Assert.Equal("B C", string.Join(' ', outline.Types.Select(t => t.Name)));
        Assert.Equal("E", Assert.Single(outline.Functions).Name);
    }
}
