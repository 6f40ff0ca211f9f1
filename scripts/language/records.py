# Records made, sorted by a number and by a text, and read.
def sort(n):
    state = 1
    rows = []
    for i in range(n):
        state = (state * 1103515245 + 12345) % 2147483648
        rows += [{"id": i, "score": state % 100000, "name": f"run{state % 977}"}]
    by_score = sorted(rows, key=lambda row: row["score"])
    by_name = sorted(rows, key=lambda row: row["name"])
    check = 0
    for row in by_name:
        check = (check * 31 + row["id"]) % 1000003
    print(by_score[0]["id"], by_name[0]["id"], check)


sort(200_000)
