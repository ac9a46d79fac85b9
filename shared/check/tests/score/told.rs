//! One matter, told twice: as a person who was there tells it, and as a model does that was asked for chapters. Both were written for
//! this test.

/// As a person tells it.
pub(crate) const BY_A_PERSON: [&str; 3] = [
    "My grandfather kept the sluice at Holm for thirty-one years and was afraid of water for all of them. He could not swim. When \
the autumn rain came down off the moor he would sit in the kitchen with his boots on, listening, and my grandmother would go on \
peeling whatever she was peeling. Nobody said anything. Then the pitch of the noise changed, which I never once heard, and he was \
out of the door.

The sluice had four boards of larch. Each had a number burned into it, because the slots were not cut alike; put the third board \
where the second belonged and it would jam halfway, and you had an hour before the lower meadow went under. I learned the numbers \
before I learned to read. He tied a rope round my waist and the other end round the iron post, and let me lift the first board \
myself, the year I was six.

There was a ledger. He wrote in it every evening with a carpenter's pencil: the height, the wind, which boards were out. Some days \
he added a word. *Eels.* *Vicar.* On the day my mother was born it says 41 inches, westerly, all four, and then, squeezed into the \
margin where the price list used to be, *girl*.

I have the ledger now. The pencil has gone silver and you have to tilt the page. What strikes me, reading it through, is how often \
he was wrong about the weather and how little it mattered, since he went out and looked anyway.",
    "Larch does not rot if you keep it wet. That was the whole of the science, so far as Holm was concerned, and it was brought to the \
village by a Dane called Peder Friis who had married the smith's sister and could not stand the smith. He built the frame in one \
summer. People came on Sundays to watch him swear.

A weir looks like a wall and behaves like a hinge. Raise the river by a foot and you have not stopped anything: the same water \
leaves as arrives, a little later, with a little more to say for itself. Friis understood this. The men who paid him did not, and \
three times they made him come back from Esbjerg to heighten it; the third time he heightened the bank on the far side instead, \
sent them the bill, and never wrote again.

How do you know where the water will go? You throw in bread. I am not joking. My grandfather kept crusts in his coat for it, and \
when the engineers arrived from the county in 1958 with their dye and their little bottles he watched politely for a morning, then \
walked upstream of them and emptied his pockets. Two of the crusts went under the hazel. So, that evening, did the dye.

They put in a steel gate after that, with a wheel. It is a good gate. It has a plate on it with the name of the firm, and a grease \
nipple, and a notice telling you not to stand where you would have to stand in order to turn it.",
    "The flood everyone means when they say the flood was not the highest. Forty-nine inches, in February, and it would have gone by \
with nothing worse than wet hay if the bakery had not been built, eight years earlier, on the one spot in Holm where nobody's \
grandmother would have hung out washing.

Anders the baker heard it before he saw it. He told us later that it sounded like somebody dragging a wardrobe. By then the ovens \
were lit, so he did what seemed sensible to a man who had been up since two: he took out the bread. He carried eleven trays to the \
loft. When the wall went he was standing on the ladder with the twelfth, and he held on to that tray, he said, because both his \
hands were already used.

We ate it for a week. It was the best thing about the flood and possibly about that year. Children were sent along the dyke with \
loaves in pillowcases; old Mrs Thorsen, who had not spoken to Anders since the business with the bell rope, sent back the \
pillowcase ironed.

Nobody drowned. I mention it because in town they will tell you that two did, and name them, and it is quite true that both are in \
the churchyard. But Jens had been ill since harvest. And Karl Ove fell off the church roof in June, mending a slate that the water \
never came within thirty feet of.",
];

/// As a model tells it.
pub(crate) const BY_A_MODEL: [&str; 3] = [
    "In this chapter, we delve into the rich tapestry of life at the sluice. The sluice was not just a structure, but a testament to \
resilience. It stood as a symbol of hope, strength, and community. Moreover, it played a crucial role in the life of the village.

The sluice keeper was more than a worker; he was a guardian of the valley. Every day, he embarked on a journey of duty, patience, \
and care. Furthermore, he understood the intricate dance between water and land. It was not just a job. It was a calling.

## Key lessons

- **Resilience**: The sluice taught the village to endure.
- **Community**: The sluice brought the people together.
- **Patience**: The sluice showed that good things take time.
- **Hope**: The sluice reminded everyone of a brighter future.

Additionally, the bustling village was a vibrant community. The people worked together, laughed together, and grew together. The \
sluice was not just a structure, but a testament to resilience. It stood as a symbol of hope, strength, and community.

In conclusion, the sluice was a pivotal part of the village. It was not just about water, but about people. The journey of the \
sluice is a testament to the enduring human spirit, and it continues to shape the lives of the people.",
    "In this chapter, we delve into the art of building a weir. The weir was not just a structure, but a testament to ingenuity. It \
stood as a symbol of craft, vision, and community. Moreover, it played a crucial role in the life of the village.

The builder was more than a craftsman; he was a visionary. Every day, he embarked on a journey of skill, patience, and care. \
Furthermore, he understood the intricate dance between wood and water. It was not just a job. It was a calling.

## Key lessons

- **Ingenuity**: The weir taught the village to innovate.
- **Community**: The weir brought the people together.
- **Patience**: The weir showed that good things take time.
- **Hope**: The weir reminded everyone of a brighter future.

Additionally, the bustling village was a vibrant community. The people worked together, laughed together, and grew together. The \
weir was not just a structure, but a testament to ingenuity. It stood as a symbol of craft, vision, and community.

In conclusion, the weir was a pivotal part of the village. It was not just about wood, but about people. The journey of the weir is a \
testament to the enduring human spirit, and it continues to shape the lives of the people.",
    "In this chapter, we delve into the story of the flood. The flood was not just a disaster, but a testament to solidarity. It \
stood as a symbol of loss, courage, and community. Moreover, it played a crucial role in the life of the village.

The baker was more than a tradesman; he was a hero. Every day, he embarked on a journey of flour, patience, and care. Furthermore, \
he understood the intricate dance between fire and bread. It was not just a job. It was a calling.

## Key lessons

- **Solidarity**: The flood taught the village to share.
- **Community**: The flood brought the people together.
- **Patience**: The flood showed that good things take time.
- **Hope**: The flood reminded everyone of a brighter future.

Additionally, the bustling village was a vibrant community. The people worked together, laughed together, and grew together. The \
flood was not just a disaster, but a testament to solidarity. It stood as a symbol of loss, courage, and community.

In conclusion, the flood was a pivotal part of the village. It was not just about water, but about people. The journey of the flood is \
a testament to the enduring human spirit, and it continues to shape the lives of the people.",
];
